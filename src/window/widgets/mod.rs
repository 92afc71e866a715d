//! What the panes are built of. Nothing here knows a token.

mod card;
mod controls;
mod icon;
mod secret_field;
mod text;

pub use card::Card;
pub use controls::{Segment, button_tag, link, menu_tag, panel_tag, row_frame, segmented};
pub use icon::{Icon, mark, paint_icon, sign};
pub use secret_field::SecretField;
pub use text::{
    exact, grouped, grouped_count, key_value, named_tag, paint_hidden, section, section_of, tag,
    truncated, wrapped,
};
