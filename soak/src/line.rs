//! The line of a node that cuts and delays.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU64;
use std::time::Duration;

use cloakroom_testkit::proxy::FaultProxy;

/// One request in so many is in trouble, while there is trouble.
const ONE_IN: NonZeroU64 = NonZeroU64::new(60).expect("60 is not zero");

/// How long a delayed request is held.
const DELAY: Duration = Duration::from_millis(5);

/// A line to this port of the loopback address, in order as yet.
pub(crate) async fn to(port: u16, seed: u64) -> io::Result<FaultProxy> {
    let line = FaultProxy::to(SocketAddr::from((Ipv4Addr::LOCALHOST, port)), seed).await?;
    line.delay(DELAY);
    Ok(line)
}

/// From now on requests are cut and delayed.
pub(crate) fn trouble(lines: &[FaultProxy]) {
    for line in lines {
        line.trouble(ONE_IN);
    }
}

/// From now on all is well.
pub(crate) fn calm(lines: &[FaultProxy]) {
    for line in lines {
        line.calm();
    }
}

/// Cuts whatever is connected.
pub(crate) fn cut(lines: &[FaultProxy]) {
    for line in lines {
        line.cut_all();
    }
}

/// How many requests have been in trouble.
pub(crate) fn faults(lines: &[FaultProxy]) -> u64 {
    lines.iter().map(FaultProxy::faults).sum()
}
