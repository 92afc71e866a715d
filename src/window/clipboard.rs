//! The clipboard, on a thread of its own: other programs answer for it, and some take their time.
//!
//! Nothing that is copied here goes into clipboard histories where those respect the wish, and a copied secret
//! is taken away again after [`CLEAR_AFTER`] if it is still there.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{
    Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel,
};
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

/// A copied secret is cleared after this time, if it is still on the clipboard.
pub const CLEAR_AFTER: Duration = Duration::from_secs(30);

/// How long closing waits for the clipboard to be cleared or handed over.
const CLOSE_WAIT: Duration = Duration::from_secs(2);

/// Requests that may wait.
const MAX_REQUESTS: usize = 8;

/// A place that holds a text for other programs.
pub trait Clipboard: Send {
    /// The text on it.
    fn read(&mut self) -> Result<Zeroizing<String>, ClipboardFault>;
    /// Puts a text on it, marked for histories to leave alone.
    fn write(&mut self, text: &str) -> Result<(), ClipboardFault>;
    /// Takes everything off it.
    fn clear(&mut self) -> Result<(), ClipboardFault>;
}

/// Why the clipboard did not do it. `Display` has two lines: what is wrong, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClipboardFault {
    /// Another program holds it.
    #[error(
        "Clipboard: expected an answer, found it held by another program\nTry again in a moment."
    )]
    Busy,
    /// It cannot be reached at all.
    #[error(
        "Clipboard: expected a clipboard on this desktop, found none that answers\nOpen a file instead: Open\u{2026}, or by its path."
    )]
    Missing,
    /// It is empty, or what is on it is no text.
    #[error(
        "Clipboard: expected text, found nothing that is text\nCopy a token, an HTTP request or a key as text and paste again."
    )]
    NoText,
    /// What is on it calls itself text, but is none.
    #[error("Clipboard: expected UTF-8 text, found other bytes\nSave it to a file and open that.")]
    NotUtf8,
}

/// The clipboard of this machine.
#[derive(Default)]
pub struct SystemClipboard(Option<arboard::Clipboard>);

impl std::fmt::Debug for SystemClipboard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SystemClipboard")
    }
}

impl SystemClipboard {
    /// The connection, which is kept: on Linux the copying program serves what it copied.
    fn open(&mut self) -> Result<&mut arboard::Clipboard, ClipboardFault> {
        let clipboard = match self.0.take() {
            Some(clipboard) => clipboard,
            None => arboard::Clipboard::new().map_err(|_error| ClipboardFault::Missing)?,
        };
        Ok(self.0.insert(clipboard))
    }
}

impl Clipboard for SystemClipboard {
    fn read(&mut self) -> Result<Zeroizing<String>, ClipboardFault> {
        match self.open()?.get_text().map(Zeroizing::new) {
            Ok(text) if text.is_empty() => Err(ClipboardFault::NoText),
            Ok(text) => Ok(text),
            // Some programs answer the request for text with a picture, which X11 counts as an unknown error.
            Err(error) => Err(match fault(&error) {
                ClipboardFault::Missing => ClipboardFault::NoText,
                other => other,
            }),
        }
    }

    fn write(&mut self, text: &str) -> Result<(), ClipboardFault> {
        #[cfg(target_os = "macos")]
        use arboard::SetExtApple as _;
        #[cfg(all(unix, not(target_os = "macos")))]
        use arboard::SetExtLinux as _;
        #[cfg(windows)]
        use arboard::SetExtWindows as _;
        let set = self.open()?.set().exclude_from_history();
        #[cfg(windows)]
        let set = set.exclude_from_cloud().exclude_from_monitoring();
        set.text(text).map_err(|error| fault(&error))
    }

    fn clear(&mut self) -> Result<(), ClipboardFault> {
        self.open()?.clear().map_err(|error| fault(&error))
    }
}

/// The descriptions that some of these carry are for developers, and not known to be free of contents.
fn fault(error: &arboard::Error) -> ClipboardFault {
    match error {
        arboard::Error::ClipboardOccupied => ClipboardFault::Busy,
        arboard::Error::ConversionFailure => ClipboardFault::NotUtf8,
        _ => ClipboardFault::Missing,
    }
}

/// What a reading is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// For the answer to what was asked for.
    Answer,
    /// For the payload of a token that does not hold it.
    Payload,
    /// The text field that has the focus.
    Field,
    /// Tokens and keys for the session.
    Session,
}

/// What the thread has done.
pub(super) enum Reply {
    /// It looked.
    Read(Purpose, Result<Zeroizing<String>, ClipboardFault>),
    /// It wrote, what in words.
    Written(&'static str, Result<(), ClipboardFault>),
    /// The thread is gone.
    Gone,
}

enum Request {
    Read(Purpose),
    Write {
        text: Zeroizing<String>,
        what: &'static str,
        is_secret: bool,
    },
}

/// The thread, seen from the window.
pub(super) struct ClipboardThread {
    requests: Option<SyncSender<Request>>,
    replies: Receiver<Reply>,
    /// Requests without a reply.
    waiting: usize,
}

impl ClipboardThread {
    /// Starts it. `waker` is told of replies.
    pub(super) fn start(clipboard: Box<dyn Clipboard>, waker: egui::Context) -> Self {
        let (requests, inbox) = sync_channel(MAX_REQUESTS);
        let (outbox, replies) = sync_channel(MAX_REQUESTS);
        // Where no thread can be had, the first request finds the channel closed and says so.
        let _ = thread::Builder::new()
            .name("clipboard".to_owned())
            .spawn(move || {
                let work = AssertUnwindSafe(|| serve(clipboard, &inbox, &outbox, &waker));
                let _ = catch_unwind(work);
                waker.request_repaint();
            });
        Self {
            requests: Some(requests),
            replies,
            waiting: 0,
        }
    }

    /// Asks for the text.
    pub(super) fn read(&mut self, purpose: Purpose) -> Result<(), ClipboardFault> {
        self.send(Request::Read(purpose))
    }

    /// Puts a text there. `what` names it for the status bar.
    pub(super) fn write(
        &mut self,
        text: Zeroizing<String>,
        what: &'static str,
        is_secret: bool,
    ) -> Result<(), ClipboardFault> {
        self.send(Request::Write {
            text,
            what,
            is_secret,
        })
    }

    /// Whether an answer is still to come.
    pub(super) fn is_waiting(&self) -> bool {
        self.waiting > 0
    }

    /// What came back since the last call.
    pub(super) fn collect(&mut self) -> Vec<Reply> {
        let mut replies = Vec::new();
        loop {
            match self.replies.try_recv() {
                Ok(reply) => {
                    self.waiting = self.waiting.saturating_sub(1);
                    replies.push(reply);
                }
                Err(TryRecvError::Disconnected) if self.waiting > 0 => {
                    self.waiting = 0;
                    replies.push(Reply::Gone);
                }
                Err(_) => return replies,
            }
        }
    }

    fn send(&mut self, request: Request) -> Result<(), ClipboardFault> {
        let requests = self.requests.as_ref().ok_or(ClipboardFault::Missing)?;
        match requests.try_send(request) {
            Ok(()) => {
                self.waiting = self.waiting.saturating_add(1);
                Ok(())
            }
            Err(TrySendError::Full(_)) => Err(ClipboardFault::Busy),
            Err(TrySendError::Disconnected(_)) => Err(ClipboardFault::Missing),
        }
    }

    /// Takes a copied secret away and lets go of the clipboard: the process may end without dropping it.
    pub(super) fn close(&mut self) {
        self.requests = None;
        let end = Instant::now() + CLOSE_WAIT;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            if self.replies.recv_timeout(left).is_err() {
                return;
            }
        }
    }
}

/// A secret that was copied here.
struct Copied {
    text: Zeroizing<String>,
    until: Instant,
}

fn serve(
    mut clipboard: Box<dyn Clipboard>,
    inbox: &Receiver<Request>,
    outbox: &SyncSender<Reply>,
    waker: &egui::Context,
) {
    let mut copied: Option<Copied> = None;
    loop {
        let left = copied.as_ref().map_or(Duration::from_hours(1), |copied| {
            copied.until.saturating_duration_since(Instant::now())
        });
        let request = match inbox.recv_timeout(left) {
            Ok(request) => request,
            Err(RecvTimeoutError::Timeout) => {
                forget(&mut *clipboard, copied.take());
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => {
                forget(&mut *clipboard, copied.take());
                return;
            }
        };
        let reply = match request {
            Request::Read(purpose) => Reply::Read(purpose, clipboard.read()),
            Request::Write {
                text,
                what,
                is_secret,
            } => {
                let result = clipboard.write(&text);
                copied = (is_secret && result.is_ok()).then(|| Copied {
                    text,
                    until: Instant::now() + CLEAR_AFTER,
                });
                Reply::Written(what, result)
            }
        };
        if outbox.send(reply).is_err() {
            forget(&mut *clipboard, copied.take());
            return;
        }
        waker.request_repaint();
    }
}

fn forget(clipboard: &mut dyn Clipboard, copied: Option<Copied>) {
    let Some(copied) = copied else {
        return;
    };
    if clipboard.read().is_ok_and(|text| *text == *copied.text) {
        // What cannot be cleared stays: some desktops only let the focused window do it.
        let _ = clipboard.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Board(Arc<Mutex<Option<String>>>);

    impl Clipboard for Board {
        fn read(&mut self) -> Result<Zeroizing<String>, ClipboardFault> {
            let text = self.0.lock().unwrap().clone();
            text.map(Zeroizing::new).ok_or(ClipboardFault::NoText)
        }

        fn write(&mut self, text: &str) -> Result<(), ClipboardFault> {
            *self.0.lock().unwrap() = Some(text.to_owned());
            Ok(())
        }

        fn clear(&mut self) -> Result<(), ClipboardFault> {
            *self.0.lock().unwrap() = None;
            Ok(())
        }
    }

    fn text(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.to_owned())
    }

    #[test]
    fn closing_takes_a_copied_secret_away_but_nothing_else() {
        let board = Board::default();
        let start = || ClipboardThread::start(Box::new(board.clone()), egui::Context::default());
        let mut thread = start();
        thread.write(text("secret"), "", true).unwrap();
        thread.close();
        assert_eq!(*board.0.lock().unwrap(), None);

        let mut thread = start();
        thread.write(text("public"), "", false).unwrap();
        thread.close();
        assert_eq!(board.0.lock().unwrap().as_deref(), Some("public"));

        let mut thread = start();
        thread.write(text("secret"), "", true).unwrap();
        while thread.collect().is_empty() {
            thread::yield_now();
        }
        *board.0.lock().unwrap() = Some("of another program".to_owned());
        thread.close();
        assert_eq!(
            board.0.lock().unwrap().as_deref(),
            Some("of another program")
        );
    }

    #[test]
    fn a_clipboard_that_panics_is_reported_and_waited_for_no_longer() {
        struct Broken;
        impl Clipboard for Broken {
            fn read(&mut self) -> Result<Zeroizing<String>, ClipboardFault> {
                panic!("on purpose")
            }
            fn write(&mut self, _: &str) -> Result<(), ClipboardFault> {
                Ok(())
            }
            fn clear(&mut self) -> Result<(), ClipboardFault> {
                Ok(())
            }
        }
        let mut thread = ClipboardThread::start(Box::new(Broken), egui::Context::default());
        thread.read(Purpose::Session).unwrap();
        let replies = loop {
            let replies = thread.collect();
            if !replies.is_empty() {
                break replies;
            }
            thread::yield_now();
        };
        assert!(matches!(replies[..], [Reply::Gone]) && !thread.is_waiting());
        thread::sleep(Duration::from_millis(5));
        assert!(thread.read(Purpose::Session).is_err());
    }
}
