//! Octets from one connection to another, without a buffer while nothing moves.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::proxy::frames::FrameEdge;

/// What is read at a time, onto the stack: ten thousand sockets that are silent take no room for it.
const CHUNK: usize = 8 * 1024;

/// One direction.
#[derive(Debug, Default)]
pub(super) struct Way {
    /// What was read and not taken yet. Nothing more is read before it is gone, so that a slow reader slows the writer down.
    left: Vec<u8>,
    sent: usize,
    edge: FrameEdge,
    is_unflushed: bool,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Open,
    /// The reader's side has ended, and the writer's is being told.
    Ending,
    Ended,
}

impl Way {
    /// Carries what there is; completes when the reader's side has ended and the writer's knows it.
    pub(super) fn poll_carry<R, W>(
        &mut self,
        cx: &mut Context<'_>,
        reader: &mut R,
        writer: &mut W,
    ) -> Poll<io::Result<()>>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        loop {
            ready!(self.poll_send(cx, writer))?;
            match self.stage {
                Stage::Open => ready!(self.poll_fill(cx, reader, writer))?,
                Stage::Ending => {
                    ready!(Pin::new(&mut *writer).poll_shutdown(cx))?;
                    self.stage = Stage::Ended;
                }
                Stage::Ended => return Poll::Ready(Ok(())),
            }
        }
    }

    /// Whether a frame of ours could be written next.
    pub(super) fn is_between_frames(&self) -> bool {
        self.stage == Stage::Open && self.edge.is_between_frames()
    }

    /// Sends what was read.
    pub(super) fn poll_send<W: AsyncWrite + Unpin>(
        &mut self,
        cx: &mut Context<'_>,
        writer: &mut W,
    ) -> Poll<io::Result<()>> {
        while self.sent < self.left.len() {
            let taken = ready!(Pin::new(&mut *writer).poll_write(cx, &self.left[self.sent..]))?;
            if taken == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.sent += taken;
        }
        if !self.left.is_empty() {
            (self.left, self.sent) = (Vec::new(), 0);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_fill<R, W>(
        &mut self,
        cx: &mut Context<'_>,
        reader: &mut R,
        writer: &mut W,
    ) -> Poll<io::Result<()>>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let mut chunk = [0; CHUNK];
        let mut buffer = ReadBuf::new(&mut chunk);
        match Pin::new(reader).poll_read(cx, &mut buffer) {
            Poll::Ready(read) => read?,
            Poll::Pending => {
                if self.is_unflushed {
                    ready!(Pin::new(writer).poll_flush(cx))?;
                    self.is_unflushed = false;
                }
                return Poll::Pending;
            }
        }
        let read = buffer.filled();
        if read.is_empty() {
            self.stage = Stage::Ending;
            return Poll::Ready(Ok(()));
        }
        self.edge.follow(read);
        self.is_unflushed = true;
        let taken = match Pin::new(writer).poll_write(cx, read) {
            Poll::Ready(taken) => taken?,
            Poll::Pending => 0,
        };
        self.left = read[taken..].to_vec();
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    #[tokio::test]
    async fn everything_arrives_in_order_and_the_end_too() {
        let (mut source, mut reader) = duplex(100);
        let (mut writer, mut sink) = duplex(30);
        let sent: Vec<u8> = (0..100_000_u32).map(|number| number.to_le_bytes()[0]).collect();
        let writing = sent.clone();
        tokio::spawn(async move { source.write_all(&writing).await });
        let carrying = tokio::spawn(async move {
            let mut way = Way::default();
            poll_fn(|cx| way.poll_carry(cx, &mut reader, &mut writer)).await
        });
        let mut arrived = Vec::new();
        sink.read_to_end(&mut arrived).await.unwrap();
        assert!(arrived == sent);
        carrying.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_slow_reader_holds_the_writer_up_and_a_silent_way_has_no_buffer() {
        let (mut source, mut reader) = duplex(64);
        let (mut writer, mut sink) = duplex(64);
        let mut way = Way::default();
        let mut step = async |way: &mut Way| {
            poll_fn(|cx| {
                let _waits = way.poll_carry(cx, &mut reader, &mut writer);
                Poll::Ready(())
            })
            .await;
        };
        source.write_all(&[1; 64]).await.unwrap();
        step(&mut way).await;
        source.write_all(&[2; 64]).await.unwrap();
        step(&mut way).await;
        source.write_all(&[3; 64]).await.unwrap();
        step(&mut way).await;
        assert_eq!(way.left.len(), 64, "one chunk waits, and nothing is read behind it");
        let more = source.write(&[4; 64]);
        assert!(tokio::time::timeout(std::time::Duration::ZERO, more).await.is_err());
        for expected in 1..=3 {
            let mut octets = [0; 64];
            sink.read_exact(&mut octets).await.unwrap();
            assert_eq!(octets, [expected; 64]);
            step(&mut way).await;
        }
        assert_eq!(way.left.capacity(), 0);
    }
}
