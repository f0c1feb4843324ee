//! What two daemons say to each other when one takes over from the other; what it means stands in [`mp_proto::handover`].

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

use mp_proto::handover::{HERE, UPGRADE};
use mp_proto::routes::{CLIENT_HEADER, HANDOVER, HOST};
use mp_proto::version::BUILD;
use rustix::cmsg_space;
use rustix::io::FdFlags;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
    recvmsg, sendmsg,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::UnixStream;
use tokio::time::timeout;

/// How long the daemon that serves may take over a word: it may have tokens to save first.
pub const WORD: Duration = Duration::from_secs(5);

/// Longest line or head that is read, and longest body of a refusal.
const MOST: usize = 64 * 1024;

/// What the refusal of a daemon holds that is ending.
const STOPPING: &[u8] = b"\"stopping\"";

/// Why nothing was handed over.
#[derive(Debug, thiserror::Error)]
pub enum HandoverError {
    /// The one that serves does not do it, and says why.
    #[error("{0}")]
    Refused(String),
    /// There is none, or it is elsewhere: the config may name another directory now.
    #[error("no daemon listens at {}", .0.display())]
    Nobody(PathBuf),
    /// It ended before it said anything.
    #[error("the daemon that served has ended")]
    Ended,
    /// What came is not what should.
    #[error("the daemon that serves said {0:?}")]
    Unexpected(String),
    /// It took too long.
    #[error("the daemon that serves did not answer within {} s", WORD.as_secs())]
    Late,
    /// The system refused a step.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// What is handed over: the listening socket, and the file whose lock is held.
pub type Descriptors = (OwnedFd, OwnedFd);

/// The connection of two daemons.
#[derive(Debug)]
pub struct Channel(UnixStream);

impl Channel {
    /// Returns one over a connection on which nothing else is said any more.
    pub fn new(stream: UnixStream) -> Self {
        Self(stream)
    }

    /// Says a line.
    ///
    /// # Errors
    /// When nobody hears it.
    pub async fn say(&mut self, words: &str) -> io::Result<()> {
        self.0.write_all(format!("{}\n", words.replace('\n', " ")).as_bytes()).await
    }

    /// Waits for a line; none when the other side has closed the connection.
    ///
    /// # Errors
    /// Those of the system.
    pub async fn hear(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        while line.len() < MOST {
            let mut byte = [0];
            match self.0.read(&mut byte).await {
                Ok(0) => return Ok(None),
                Ok(_) if byte == *b"\n" => break,
                Ok(_) => line.extend(byte),
                // Closed with something of ours unread: it was killed.
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(Some(String::from_utf8_lossy(&line).into_owned()))
    }

    /// Gives the other side copies of two descriptors.
    ///
    /// # Errors
    /// Those of the system.
    pub async fn give(&self, socket: BorrowedFd<'_>, lock: BorrowedFd<'_>) -> io::Result<()> {
        self.0.async_io(Interest::WRITABLE, || lay(self.0.as_fd(), socket, lock)).await
    }

    /// Takes what the other side gives.
    ///
    /// # Errors
    /// When it gives nothing, or not in time.
    pub async fn take(&self) -> Result<Descriptors, HandoverError> {
        let taken = timeout(WORD, self.0.async_io(Interest::READABLE, || pick_up(self.0.as_fd()))).await;
        match taken.map_err(|_| HandoverError::Late)?? {
            (0, _) => Err(HandoverError::Ended),
            (_, Some(descriptors)) => Ok(descriptors),
            (_, None) => Err(HandoverError::Unexpected("something without its descriptors".to_owned())),
        }
    }
}

/// Puts descriptors into a socket, to be taken at its other end. They stay open there, whatever becomes of the process.
///
/// # Errors
/// Those of the system.
pub fn lay(into: BorrowedFd<'_>, socket: BorrowedFd<'_>, lock: BorrowedFd<'_>) -> io::Result<()> {
    let (descriptors, mut space) = ([socket, lock], [MaybeUninit::uninit(); cmsg_space!(ScmRights(2))]);
    let mut control = SendAncillaryBuffer::new(&mut space);
    control.push(SendAncillaryMessage::ScmRights(&descriptors));
    let line = format!("{HERE}\n");
    sendmsg(into, &[IoSlice::new(line.as_bytes())], &mut control, SendFlags::empty())?;
    Ok(())
}

/// Takes a line with its descriptors, and not a byte more. Returns how many bytes came.
fn pick_up(from: BorrowedFd<'_>) -> io::Result<(usize, Option<Descriptors>)> {
    let (mut line, mut space) = ([0; HERE.len() + 1], [MaybeUninit::uninit(); cmsg_space!(ScmRights(2))]);
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let received = recvmsg(from, &mut [IoSliceMut::new(&mut line)], &mut control, RecvFlags::empty())?;
    let mut all = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(descriptors) = message {
            all.extend(descriptors);
        }
    }
    for descriptor in &all {
        rustix::io::fcntl_setfd(descriptor, FdFlags::CLOEXEC)?;
    }
    let mut all = all.into_iter();
    Ok((received.bytes, all.next().zip(all.next())))
}

/// Asks the daemon that answers at a socket to hand over.
///
/// # Errors
/// When it does not.
pub async fn ask(socket: &Path) -> Result<Channel, HandoverError> {
    let stream = match UnixStream::connect(socket).await {
        Ok(stream) => stream,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            return Err(HandoverError::Nobody(socket.to_owned()));
        }
        Err(error) => return Err(error.into()),
    };
    let (theirs, ours) = (stream.peer_cred()?.uid(), rustix::process::geteuid().as_raw());
    if theirs != ours {
        return Err(HandoverError::Refused(format!("uid {theirs} listens at {}", socket.display())));
    }
    timeout(WORD, upgrade(stream)).await.map_err(|_| HandoverError::Late)?
}

async fn upgrade(mut stream: UnixStream) -> Result<Channel, HandoverError> {
    let request = format!(
        "POST {HANDOVER} HTTP/1.1\r\nhost: {HOST}\r\n{CLIENT_HEADER}: mpd/{BUILD}\r\nconnection: upgrade\r\n\
         upgrade: {UPGRADE}\r\ncontent-length: 0\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let head = head(&mut stream).await?;
    let Some(status) = head.lines().next().and_then(|line| line.strip_prefix("HTTP/1.1 ")) else {
        return Err(HandoverError::Unexpected(head.chars().take(80).collect()));
    };
    if status.starts_with("101") {
        return Ok(Channel(stream));
    }
    let body = body(&mut stream, &head).await;
    if body.windows(STOPPING.len()).any(|part| part == STOPPING) {
        return Err(HandoverError::Ended);
    }
    Err(HandoverError::Refused(refusal(status, &body)))
}

/// Reads a head to its end, and not a byte of what comes after it.
async fn head(stream: &mut UnixStream) -> Result<String, HandoverError> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < MOST {
        head.push(match stream.read_u8().await {
            Ok(byte) => byte,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(HandoverError::Ended),
            Err(error) => return Err(error.into()),
        });
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// Reads the body of a refusal, as far as there is one.
async fn body(stream: &mut UnixStream, head: &str) -> Vec<u8> {
    let lower = head.to_ascii_lowercase();
    let length = lower.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0).min(MOST)];
    match stream.read_exact(&mut body).await {
        Ok(_) => body,
        Err(_) => Vec::new(),
    }
}

/// Says why it was refused, in the words of the one that did.
fn refusal(status: &str, body: &[u8]) -> String {
    let problem: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let told = |name: &str| problem.as_ref().and_then(|problem| problem[name].as_str());
    match (told("code"), told("detail")) {
        (Some("route_not_found"), _) => "the daemon that serves is of a release that does not hand over".to_owned(),
        (_, Some(detail)) => detail.to_owned(),
        _ => format!("the daemon that serves answered {status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::io::Read;

    #[tokio::test]
    async fn descriptors_and_words_arrive_in_order_and_the_descriptors_are_the_same_files() {
        let dir = tempfile::tempdir().expect("a directory");
        let (one, two) = (dir.path().join("1"), dir.path().join("2"));
        std::fs::write(&one, "one").expect("written");
        std::fs::write(&two, "two").expect("written");
        let (ours, theirs) = UnixStream::pair().expect("a pair");
        let (mut giver, mut taker) = (Channel::new(ours), Channel::new(theirs));
        let (first, second) = (File::open(&one).expect("there"), File::open(&two).expect("there"));
        giver.give(first.as_fd(), second.as_fd()).await.expect("given");
        giver.say("kept for\nnow").await.expect("heard");
        drop((first, second));
        let (first, second) = taker.take().await.expect("they are there");
        let read = |descriptor: OwnedFd| {
            let mut text = String::new();
            File::from(descriptor).read_to_string(&mut text).expect("it is open");
            text
        };
        assert_eq!((read(first), read(second)), ("one".to_owned(), "two".to_owned()));
        assert_eq!(taker.hear().await.expect("a line"), Some("kept for now".to_owned()));
        drop(giver);
        assert_eq!(taker.hear().await.expect("the end"), None);
        assert!(matches!(taker.take().await, Err(HandoverError::Ended)));
    }

    #[tokio::test]
    async fn words_without_descriptors_are_no_gift() {
        let (ours, theirs) = UnixStream::pair().expect("a pair");
        Channel::new(ours).say(HERE).await.expect("heard");
        assert!(matches!(Channel::new(theirs).take().await, Err(HandoverError::Unexpected(_))));
    }

    #[tokio::test]
    async fn nobody_there_is_told_and_a_refusal_in_its_words() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("s");
        assert!(matches!(ask(&path).await, Err(HandoverError::Nobody(_))));
        let answer = async |said: &'static str| {
            let _ = std::fs::remove_file(&path);
            let listener = tokio::net::UnixListener::bind(&path).expect("bound");
            let (asked, ()) = tokio::join!(ask(&path), async {
                let (mut stream, _) = listener.accept().await.expect("it comes");
                let asked = head(&mut stream).await.expect("a head");
                assert!(asked.starts_with("POST /v1/handover HTTP/1.1\r\n") && asked.contains("mp-client: mpd/"));
                stream.write_all(said.as_bytes()).await.expect("it listens");
            });
            asked.map(drop).map_err(|error| error.to_string())
        };
        assert_eq!(answer("HTTP/1.1 101 Switching Protocols\r\n\r\n").await, Ok(()));
        let old = "HTTP/1.1 404 Not Found\r\nContent-Length: 26\r\n\r\n{\"code\":\"route_not_found\"}";
        assert!(answer(old).await.is_err_and(|text| text.contains("does not hand over")));
        let busy = "HTTP/1.1 409 Conflict\r\ncontent-length: 21\r\n\r\n{\"detail\":\"no today\"}";
        assert_eq!(answer(busy).await, Err("no today".to_owned()));
        assert_eq!(answer("HTTP/1.1 500 No\r\n\r\n").await, Err("the daemon that serves answered 500 No".to_owned()));
        assert_eq!(answer("").await, Err("the daemon that served has ended".to_owned()));
        assert!(answer("mpd 0.23\r\n\r\n").await.is_err_and(|text| text.contains("mpd 0.23")));
    }
}
