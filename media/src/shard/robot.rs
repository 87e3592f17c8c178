//! A participant for the tests: a WebRTC peer with a port of its own, on the same crate as the
//! shard but as the other side of it.

use super::{Line, PlaceShown, Shard};
use crate::sfu::{Class, meeting::PeerId};
use rtc::interceptor::Registry;
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::{
    RTCPeerConnection, RTCPeerConnectionBuilder,
    configuration::{
        interceptor_registry::register_default_interceptors,
        media_engine::{MIME_TYPE_H264, MIME_TYPE_OPUS, MediaEngine},
        setting_engine::SettingEngineBuilder,
    },
    event::RTCPeerConnectionEvent,
    message::{RTCMessage, TaggedRTCMessage},
    sdp::RTCSessionDescription,
    state::RTCPeerConnectionState,
    transport::{CandidateConfig, CandidateHostConfig, RTCIceCandidate},
};
use rtc::rtp::{Header, Packet};
use rtc::rtp_transceiver::{
    RTCRtpSenderId, RTCRtpTransceiverDirection, RTCRtpTransceiverInit,
    rtp_sender::{RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind},
};
use rtc::sansio::Protocol;
use rtc::shared::{TaggedBytesMut, TransportContext, TransportProtocol};
use std::time::{Duration, Instant};
use tokio::net::UdpSocket;
use uuid::Uuid;

pub(super) struct Robot {
    pc: RTCPeerConnection,
    socket: UdpSocket,
    pub(super) connected: bool,
    pub(super) got: Vec<(String, Packet)>,
    senders: Vec<(RTCRtpSenderId, u32)>,
    seq: u16,
}

impl Robot {
    async fn new() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        let mut media = MediaEngine::default();
        media.register_default_codecs().expect("codecs");
        let registry = register_default_interceptors(Registry::new(), &mut media).expect("chain");
        let settings = SettingEngineBuilder::new()
            .with_multicast_dns_mode(rtc::ice::mdns::MulticastDnsMode::Disabled)
            .with_include_loopback_candidate(true)
            .build();
        let pc = RTCPeerConnectionBuilder::new()
            .with_setting_engine(settings)
            .with_media_engine(media)
            .with_interceptor_registry(registry)
            .build(Instant::now())
            .expect("a connection");
        Self { pc, socket, connected: false, got: Vec::new(), senders: Vec::new(), seq: 0 }
    }

    /// Sends a voice and a picture.
    pub(super) async fn publisher(shard: &Shard, room: Uuid, peer: PeerId, class: Class) -> Self {
        let mut robot = Self::new().await;
        for (kind, mime, rate, channels, fmtp) in [
            (RtpCodecKind::Audio, MIME_TYPE_OPUS, 48_000, 2, "minptime=10;useinbandfec=1"),
            (
                RtpCodecKind::Video,
                MIME_TYPE_H264,
                90_000,
                0,
                "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
            ),
        ] {
            let ssrc = u32::try_from(peer.0).expect("small") * 100 + robot.senders.len() as u32 + 1;
            let encoding = RTCRtpEncodingParameters {
                rtp_coding_parameters: RTCRtpCodingParameters {
                    ssrc: Some(ssrc),
                    ..Default::default()
                },
                codec: RTCRtpCodec {
                    mime_type: mime.to_owned(),
                    clock_rate: rate,
                    channels,
                    sdp_fmtp_line: fmtp.to_owned(),
                    rtcp_feedback: Vec::new(),
                },
                ..Default::default()
            };
            let name = format!("{peer:?}-{ssrc}");
            let track =
                MediaStreamTrack::new(name.clone(), name.clone(), name, kind, vec![encoding]);
            let init = RTCRtpTransceiverInit {
                direction: RTCRtpTransceiverDirection::Sendonly,
                ..Default::default()
            };
            let id = robot.pc.add_transceiver_from_track(track, Some(init)).expect("a line");
            let sender =
                robot.pc.rtp_transceiver(id).and_then(|one| one.sender()).expect("a sender");
            robot.senders.push((sender, ssrc));
        }
        let offer = robot.offer().await;
        let lines = vec![Line { mid: "1".to_owned(), class, on: true }];
        let answer = shard.publish(room, peer, offer, lines).await.expect("answered");
        robot.accept(answer);
        robot
    }

    /// Receives in so many places.
    pub(super) async fn viewer(
        shard: &Shard,
        room: Uuid,
        peer: PeerId,
        audio: usize,
        video: usize,
    ) -> Self {
        let mut robot = Self::new().await;
        for (kind, count) in [(RtpCodecKind::Audio, audio), (RtpCodecKind::Video, video)] {
            for _ in 0..count {
                let init = RTCRtpTransceiverInit {
                    direction: RTCRtpTransceiverDirection::Recvonly,
                    ..Default::default()
                };
                robot.pc.add_transceiver_from_kind(kind, Some(init)).expect("a line");
            }
        }
        let offer = robot.offer().await;
        let answer = shard.subscribe(room, peer, offer).await.expect("answered");
        robot.accept(answer);
        robot
    }

    async fn offer(&mut self) -> String {
        let offer = self.pc.create_offer(None).expect("an offer");
        self.pc.set_local_description(Instant::now(), offer).expect("its own");
        let own = self.socket.local_addr().expect("bound");
        let candidate = CandidateHostConfig {
            base_config: CandidateConfig {
                network: "udp".to_owned(),
                address: own.ip().to_string(),
                port: own.port(),
                component: 1,
                ..Default::default()
            },
            ..Default::default()
        };
        let candidate = candidate.new_candidate_host().expect("a candidate");
        let candidate = RTCIceCandidate::from(&candidate).to_json().expect("JSON");
        self.pc.add_local_candidate(candidate).expect("added");
        self.pc.local_description().expect("an offer").sdp
    }

    fn accept(&mut self, answer: String) {
        let answer = RTCSessionDescription::answer(answer).expect("an answer");
        self.pc.set_remote_description(Instant::now(), answer).expect("accepted");
    }

    /// One voice packet, and a picture: a key frame or one that needs it.
    pub(super) fn say(&mut self, keyframe: bool) {
        self.seq += 1;
        for ((sender, ssrc), (payload, ticks)) in self
            .senders
            .clone()
            .into_iter()
            .zip([([0x78, 1, 2], 960), ([if keyframe { 0x65 } else { 0x41 }, 1, 2], 3_000)])
        {
            let mut sender = self.pc.rtp_sender(sender).expect("a sender");
            let codecs = &sender.get_parameters().rtp_parameters.codecs;
            let wanted = |mime: &str| codecs.iter().find(|one| one.rtp_codec.mime_type == mime);
            let codec = wanted(MIME_TYPE_OPUS).or(wanted(MIME_TYPE_H264)).expect("agreed on");
            let header = Header {
                version: 2,
                marker: true,
                payload_type: codec.payload_type,
                sequence_number: self.seq,
                timestamp: u32::from(self.seq) * ticks,
                ssrc,
                ..Header::default()
            };
            let packet = Packet { header, payload: payload.to_vec().into() };
            sender.write_rtp(Instant::now(), packet).expect("written");
        }
    }

    /// Lives for one turn: what came, what is due, what is to be sent.
    pub(super) async fn turn(&mut self) {
        let local_addr = self.socket.local_addr().expect("bound");
        let mut buffer = [0; 2_048];
        while let Some(datagram) = self.pc.poll_write() {
            let to = datagram.transport.peer_addr;
            self.socket.send_to(&datagram.message, to).await.expect("sent");
        }
        let received = self.socket.recv_from(&mut buffer);
        if let Ok(received) = tokio::time::timeout(Duration::from_millis(5), received).await {
            let (length, peer_addr) = received.expect("received");
            let transport = TransportContext {
                local_addr,
                peer_addr,
                transport_protocol: TransportProtocol::UDP,
                ecn: None,
            };
            let message = buffer[..length].into();
            self.pc
                .handle_read(TaggedBytesMut { now: Instant::now(), transport, message })
                .expect("understood");
        }
        if self.pc.poll_timeout().is_some_and(|due| due <= Instant::now()) {
            self.pc.handle_timeout(Instant::now()).expect("in time");
        }
        while let Some(event) = self.pc.poll_event() {
            if let RTCPeerConnectionEvent::OnConnectionStateChangeEvent(state) = event {
                self.connected = state == RTCPeerConnectionState::Connected;
            }
        }
        while let Some(TaggedRTCMessage { message, .. }) = self.pc.poll_read() {
            if let RTCMessage::RtpPacket(track, packet) = message {
                self.got.push((track, packet));
            }
        }
    }
}

/// What is in the places, by their order.
pub(super) fn by(places: &[PlaceShown]) -> Vec<Option<PeerId>> {
    places.iter().map(|place| place.by).collect()
}
