//! Each pane by its accessible names.
