//! Parts in any order come out in theirs.

use std::io::{Read, Seek};
use std::pin::pin;

use tokio::sync::mpsc::{Receiver, channel};

use super::*;

/// What the writer would write, and the ends of parts.
fn written(mut messages: Receiver<Message>) -> String {
    let mut text = String::new();
    while let Ok(message) = messages.try_recv() {
        match message {
            Message::Batch(batch) => batch.iter().for_each(|part| text.push_str(&String::from_utf8_lossy(part))),
            Message::Spool(mut spool) => {
                spool.rewind().expect("a temporary file");
                spool.read_to_string(&mut text).expect("text");
            }
            Message::CutBack => text.push('<'),
            Message::End { part, .. } => text.push_str(&format!("|{part} ")),
            Message::Finish => text.push('.'),
        }
    }
    text
}

fn order(first: usize, room: usize) -> (Order, Receiver<Message>) {
    let (sender, receiver) = channel(room);
    (Order::new(first, None, sender), receiver)
}

async fn push(order: &Order, part: usize, text: &str) {
    order.push(part, vec![Bytes::copy_from_slice(text.as_bytes())]).await.expect("kept or sent");
}

#[tokio::test]
async fn parts_that_come_early_are_kept_until_their_turn() {
    let (order, messages) = order(2, 100);
    push(&order, 4, "e").await;
    push(&order, 3, "c").await;
    push(&order, 2, "a").await;
    push(&order, 3, "d").await;
    order.end(3).await.expect("noted");
    assert_eq!(order.turn(), 2);
    push(&order, 2, "b").await;
    order.end(2).await.expect("sent");
    assert_eq!(order.turn(), 4, "what was complete already is passed over");
    push(&order, 4, "f").await;
    order.end(4).await.expect("sent");
    order.finish().await;
    assert_eq!(written(messages), "ab|2 cd|3 ef|4 .");
}

#[tokio::test]
async fn what_arrives_while_the_turn_passes_on_stays_in_order() {
    let (order, mut messages) = order(0, 1);
    push(&order, 1, "b").await;
    let mut ending = pin!(order.end(0));
    // There is room for the end of part 0 only, so what was kept of part 1 waits.
    assert!(poll_once(ending.as_mut()).await.is_none());
    push(&order, 1, "c").await;
    assert!(matches!(messages.recv().await, Some(Message::End { part: 0, .. })));
    assert!(poll_once(ending.as_mut()).await.is_none());
    push(&order, 1, "d").await;
    let mut text = String::new();
    while order.turn() == 0 {
        if let Some(Message::Spool(mut spool)) = messages.recv().await {
            spool.rewind().expect("a temporary file");
            spool.read_to_string(&mut text).expect("text");
        }
        if poll_once(ending.as_mut()).await.is_some() {
            break;
        }
    }
    while let Ok(Message::Spool(mut spool)) = messages.try_recv() {
        spool.rewind().expect("a temporary file");
        spool.read_to_string(&mut text).expect("text");
    }
    assert_eq!((text.as_str(), order.turn()), ("bcd", 1));
}

#[tokio::test]
async fn what_has_gone_to_a_pipe_is_not_fetched_again() {
    let (order, messages) = order(0, 100);
    push(&order, 0, "a").await;
    push(&order, 1, "x").await;
    assert_eq!((order.forget(0).await.expect("settled"), order.forget(1).await.expect("settled")), (false, true));
    push(&order, 1, "b").await;
    order.end(0).await.expect("sent");
    assert!(!order.forget(1).await.expect("settled"));
    assert_eq!(written(messages), "a|0 b");
}

#[tokio::test]
async fn what_has_gone_into_a_file_is_taken_back() {
    let (sender, messages) = channel(100);
    let order = Order::new(0, Some(PathBuf::from("work")), sender);
    push(&order, 0, "a").await;
    push(&order, 1, "x").await;
    assert!(order.forget(0).await.expect("settled"));
    assert!(order.forget(0).await.expect("settled"), "once is enough");
    push(&order, 0, "A").await;
    order.end(0).await.expect("sent");
    assert!(order.forget(1).await.expect("settled"));
    push(&order, 1, "b").await;
    order.end(1).await.expect("sent");
    assert_eq!(written(messages), "a<A|0 x<b|1 ");
}

#[tokio::test]
async fn nothing_is_taken_back_while_a_turn_passes_on() {
    let (sender, mut messages) = channel(1);
    let order = Order::new(0, Some(PathBuf::from(".")), sender);
    // Its file is unnamed, so that it leaves nothing.
    push(&order, 1, "x").await;
    let (mut ending, mut forgetting) = (Box::pin(order.end(0)), Box::pin(order.forget(1)));
    assert!(poll_once(ending.as_mut()).await.is_none(), "there is room for the end of part 0 alone");
    assert!(poll_once(forgetting.as_mut()).await.is_none());
    assert!(matches!(messages.recv().await, Some(Message::End { part: 0, .. })));
    assert!(poll_once(ending.as_mut()).await.is_some());
    assert!(matches!(messages.recv().await, Some(Message::Spool(_))));
    assert_eq!(poll_once(forgetting.as_mut()).await.map(|done| done.ok()), Some(Some(true)));
    assert!(matches!(messages.recv().await, Some(Message::CutBack)), "after what was passed on");
}

/// Polls once; none when it would wait.
async fn poll_once<F: Future + Unpin>(mut future: F) -> Option<F::Output> {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match std::pin::Pin::new(&mut future).poll(context) {
            std::task::Poll::Ready(done) => Some(done),
            std::task::Poll::Pending => None,
        })
    })
    .await
}
