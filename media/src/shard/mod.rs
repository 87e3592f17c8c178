//! The shell around the forwarding rules: one thread that owns one UDP port and every
//! connection on it. Sound and pictures never leave this thread; orders come in and news go out
//! by bounded channels. Invariants: nothing that arrives from the network stops the thread; news
//! are whole states, so that one that found no room is told later without harm.
//! Absent until they are needed: ICE over TCP, data channels.

mod connection;
mod counters;
pub mod demux;
mod estimate;
mod feedback;
mod forward;
mod ports;
#[cfg(test)]
mod robot;
mod run;

use crate::sfu::{
    Class,
    meeting::{PeerId, PublicationId},
};
pub use connection::OFFER_BYTES_MAX;
pub use counters::{Counters, Counts};
use ports::Ports;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// Orders that wait for the thread.
const ORDERS_MAX: usize = 1_024;
/// News that wait for the hub.
const NEWS_MAX: usize = 1_024;
/// Places of one viewer.
pub const PLACES_MAX: usize = 32;
/// Lines of one publisher: microphone, camera, screen, and one to spare.
pub const LINES_MAX: usize = 4;

/// Where a shard listens, and under which addresses browsers reach it. One port an address
/// family; what is announced of a family goes with its port.
#[derive(Clone, Debug)]
pub struct ShardConfig {
    pub listen: Vec<SocketAddr>,
    pub announce: Vec<IpAddr>,
}

/// A line of a publisher's offer, by the browser's name for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub mid: String,
    pub class: Class,
    /// False: turned off for now; it takes nobody's place.
    pub on: bool,
}

/// What of a connection it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    Publish,
    Subscribe,
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    #[error("the description is not one a browser makes: {0}")]
    Offer(String),
    #[error("no such participant")]
    NoPeer,
    #[error("the media shard has ended")]
    Ended,
    #[error("the media shard is busy")]
    Busy,
    #[error("the media shard could not begin: {0}")]
    Start(String),
}

/// Something published in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    pub id: PublicationId,
    pub by: PeerId,
    pub class: Class,
    pub mid: String,
    pub on: bool,
}

/// A place of a viewer, by the browser's name for it, and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceShown {
    pub mid: String,
    pub publication: Option<PublicationId>,
    pub by: Option<PeerId>,
}

/// What the hub is told. Each is the whole state of what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    Room {
        room: Uuid,
        publications: Vec<Publication>,
        speaker: Option<PeerId>,
    },
    Places {
        room: Uuid,
        peer: PeerId,
        places: Vec<PlaceShown>,
    },
    /// The connection is up; or nothing came through it for some seconds, or it is lost.
    Connection {
        peer: PeerId,
        side: Side,
        up: bool,
    },
}

enum Order {
    Publish {
        room: Uuid,
        peer: PeerId,
        offer: String,
        lines: Vec<Line>,
        reply: oneshot::Sender<Result<String, MediaError>>,
    },
    Subscribe {
        room: Uuid,
        peer: PeerId,
        offer: String,
        reply: oneshot::Sender<Result<String, MediaError>>,
    },
    Turn {
        peer: PeerId,
        lines: Vec<Line>,
    },
    Ask {
        peer: PeerId,
        asked: Option<Vec<(PublicationId, usize)>>,
    },
    Leave {
        peer: PeerId,
    },
}

/// A running shard. Dropping it ends the thread.
#[derive(Clone, Debug)]
pub struct Shard {
    orders: mpsc::Sender<Order>,
    addresses: Vec<SocketAddr>,
    counters: Arc<Counters>,
}

impl Shard {
    /// Takes the port and begins.
    pub fn start(config: ShardConfig) -> Result<(Self, mpsc::Receiver<News>), MediaError> {
        let start = |error: &dyn std::fmt::Display| MediaError::Start(error.to_string());
        let ports = Ports::bind(&config.listen).map_err(|error| start(&error))?;
        let addresses = ports.addresses();
        let counters = Arc::new(Counters::default());
        let counted = counters.clone();
        let (orders, taken) = mpsc::channel(ORDERS_MAX);
        let (tell, news) = mpsc::channel(NEWS_MAX);
        std::thread::Builder::new()
            .name("media".to_owned())
            .spawn(move || run::run(&config, ports, &counted, taken, tell))
            .map_err(|error| start(&error))?;
        Ok((Self { orders, addresses, counters }, news))
    }

    /// What it has done so far.
    pub fn counts(&self) -> Counts {
        self.counters.read()
    }

    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    async fn ask_for(
        &self,
        order: impl FnOnce(oneshot::Sender<Result<String, MediaError>>) -> Order,
    ) -> Result<String, MediaError> {
        let (reply, answer) = oneshot::channel();
        self.give(order(reply))?;
        answer.await.map_err(|_| MediaError::Ended)?
    }

    fn give(&self, order: Order) -> Result<(), MediaError> {
        self.orders.try_send(order).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => MediaError::Busy,
            mpsc::error::TrySendError::Closed(_) => MediaError::Ended,
        })
    }

    /// Answers an offer to send; what was published before by the same participant ends.
    pub async fn publish(
        &self,
        room: Uuid,
        peer: PeerId,
        offer: String,
        lines: Vec<Line>,
    ) -> Result<String, MediaError> {
        self.ask_for(|reply| Order::Publish { room, peer, offer, lines, reply }).await
    }

    /// Answers an offer to receive: as many places as it has lines.
    pub async fn subscribe(
        &self,
        room: Uuid,
        peer: PeerId,
        offer: String,
    ) -> Result<String, MediaError> {
        self.ask_for(|reply| Order::Subscribe { room, peer, offer, reply }).await
    }

    /// What of a participant's lines is on.
    pub fn turn(&self, peer: PeerId, lines: Vec<Line>) -> Result<(), MediaError> {
        self.give(Order::Turn { peer, lines })
    }

    /// What a participant wants to see; nothing chosen is everybody.
    pub fn ask(
        &self,
        peer: PeerId,
        asked: Option<Vec<(PublicationId, usize)>>,
    ) -> Result<(), MediaError> {
        self.give(Order::Ask { peer, asked })
    }

    pub fn leave(&self, peer: PeerId) -> Result<(), MediaError> {
        self.give(Order::Leave { peer })
    }
}

#[cfg(test)]
mod tests {
    use super::robot::{Robot, by};
    use super::*;
    use std::time::Duration;

    const ANNA: PeerId = PeerId(1);
    const BEK: PeerId = PeerId(2);
    const PATIENCE: Duration = Duration::from_secs(20);

    fn shard() -> (Shard, mpsc::Receiver<News>) {
        let loopback = IpAddr::from([127, 0, 0, 1]);
        let (listen, announce) = (vec![SocketAddr::new(loopback, 0)], vec![loopback]);
        Shard::start(ShardConfig { listen, announce }).expect("a free port")
    }

    /// The robots live until it is so.
    async fn until(
        what: &str,
        robots: &mut [&mut Robot],
        mut speaks: Option<usize>,
        mut so: impl FnMut(&[&mut Robot]) -> bool,
    ) {
        let waited = async {
            let mut turns = 0_u32;
            while !so(robots) {
                turns += 1;
                if let Some(who) = speaks.as_mut() {
                    // A key frame only now and then, as encoders make them when asked.
                    robots[*who].say(turns.is_multiple_of(10));
                }
                for robot in robots.iter_mut() {
                    robot.turn().await;
                }
            }
        };
        tokio::time::timeout(PATIENCE, waited).await.unwrap_or_else(|_| panic!("never: {what}"));
    }

    /// The last news of somebody's places.
    fn places(news: &mut mpsc::Receiver<News>, of: PeerId) -> Option<Vec<PlaceShown>> {
        let mut last = None;
        while let Ok(one) = news.try_recv() {
            if let News::Places { peer, places, .. } = one
                && peer == of
            {
                last = Some(places);
            }
        }
        last
    }

    #[tokio::test]
    async fn a_voice_and_a_picture_go_from_one_to_the_other() {
        let (shard, mut news) = shard();
        let room = Uuid::from_u128(1);
        let mut anna = Robot::publisher(&shard, room, ANNA, Class::Camera).await;
        let mut bek = Robot::viewer(&shard, room, BEK, 2, 2).await;
        until("both are connected", &mut [&mut anna, &mut bek], None, |robots| {
            robots.iter().all(|robot| robot.connected)
        })
        .await;
        let enough = |robots: &[&mut Robot]| {
            let pictures = robots[1].got.iter().filter(|(_, one)| one.payload[0] != 0x78).count();
            pictures >= 20 && robots[1].got.len() - pictures >= 20
        };
        until("it is forwarded", &mut [&mut anna, &mut bek], Some(0), enough).await;

        for voice in [true, false] {
            let got = bek.got.iter().filter(|(_, one)| (one.payload[0] == 0x78) == voice);
            let got: Vec<_> = got.map(|(_, packet)| packet).collect();
            if !voice {
                assert_eq!(got[0].payload[0], 0x65, "it begins with a key frame");
            }
            for pair in got.windows(2) {
                let ahead =
                    pair[1].header.sequence_number.wrapping_sub(pair[0].header.sequence_number);
                assert_eq!(ahead, 1, "voice {voice}");
                assert_eq!(pair[0].header.ssrc, pair[1].header.ssrc);
            }
        }
        let shown = places(&mut news, BEK).expect("told");
        assert_eq!(by(&shown), [Some(ANNA), None, Some(ANNA), None]);
        assert!(shown.iter().all(|place| !place.mid.is_empty()));

        shard.leave(ANNA).expect("taken");
        let mut left = None;
        until("she is gone", &mut [&mut bek], None, |_| {
            left = places(&mut news, BEK).or(left.take());
            left.as_ref().is_some_and(|shown| by(shown) == [None; 4])
        })
        .await;
    }

    #[tokio::test]
    async fn what_is_turned_off_takes_nobodys_place() {
        let (shard, mut news) = shard();
        let room = Uuid::from_u128(1);
        let mut anna = Robot::publisher(&shard, room, ANNA, Class::Camera).await;
        let mut bek = Robot::viewer(&shard, room, BEK, 1, 1).await;
        for (on, expected) in [(true, Some(ANNA)), (false, None), (true, Some(ANNA))] {
            let lines = vec![Line { mid: "1".to_owned(), class: Class::Camera, on }];
            shard.turn(ANNA, lines).expect("taken");
            let mut last = None;
            until("the place follows", &mut [&mut anna, &mut bek], Some(0), |_| {
                last = places(&mut news, BEK).or(last.take());
                last.as_ref().is_some_and(|shown| by(shown) == [Some(ANNA), expected])
            })
            .await;
        }
    }

    #[tokio::test]
    async fn nothing_from_the_network_or_from_a_browser_stops_a_shard() {
        let (shard, _news) = shard();
        let room = Uuid::from_u128(1);
        let noise = tokio::net::UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        for n in 0..2_000_u32 {
            let mut packet = n.wrapping_mul(0x9e37_79b9).to_be_bytes().repeat(n as usize % 40 + 1);
            if n % 3 == 0 {
                packet.splice(..0, [0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42]);
            }
            noise.send_to(&packet, shard.addresses()[0]).await.expect("sent");
        }
        for offer in ["", "v=0", "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n", &"m=video\r\n".repeat(99)] {
            let refused = shard.publish(room, ANNA, offer.to_owned(), Vec::new()).await;
            assert!(matches!(refused, Err(MediaError::Offer(_))), "{offer:?}: {refused:?}");
        }
        let long = "x".repeat(OFFER_BYTES_MAX + 1);
        assert!(shard.subscribe(room, BEK, long).await.is_err());
        let mut bek = Robot::viewer(&shard, room, BEK, 1, 1).await;
        until("somebody connects all the same", &mut [&mut bek], None, |robots| {
            robots[0].connected
        })
        .await;
        let counts = shard.counts();
        assert_eq!(counts.offers_refused, 5);
        assert!(counts.unknown > 0, "{counts:?}");
        assert_eq!((counts.connections, counts.rooms), (1, 1));
    }
}
