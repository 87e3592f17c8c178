//! One WebRTC connection of a participant: either what they send or what they see, so that
//! neither is ever negotiated anew for the other's sake. The browser offers, the hub answers.
//! Invariants: the hub never starts a check and never uses an address from a description: it
//! answers to where a signed check came from (ICE-lite); only Opus, H.264 and VP8 are agreed on.

use super::{
    Side,
    estimate::{Estimate, estimator},
    feedback::Feedback,
};
use crate::sfu::frame::Codec;
use rtc::interceptor::{CongestionControlBuilder, Registry, Slot, TwccSenderBuilder};
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::{
    RTCPeerConnection, RTCPeerConnectionBuilder,
    certificate::RTCCertificate,
    configuration::{
        RTCConfigurationBuilder,
        interceptor_registry::{
            configure_nack, configure_rtcp_reports, configure_simulcast_extension_headers,
            configure_twcc_receiver_only,
        },
        media_engine::{MIME_TYPE_H264, MIME_TYPE_OPUS, MIME_TYPE_RTX, MIME_TYPE_VP8, MediaEngine},
        setting_engine::SettingEngineBuilder,
    },
    sdp::RTCSessionDescription,
    transport::{CandidateConfig, CandidateHostConfig, RTCDtlsRole, RTCIceCandidate},
};
use rtc::rtp_transceiver::{
    RTCRtpReceiverId, RTCRtpSenderId, RTCRtpTransceiverDirection, RTCRtpTransceiverInit,
    rtp_sender::{
        RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters,
        RTCRtpEncodingParameters, RTCRtpHeaderExtensionCapability, RTCRtpRtxParameters,
        RtpCodecKind,
    },
};
use rtc::shared::error::{Error, Result};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// A description larger than any browser's is not read.
pub const OFFER_BYTES_MAX: usize = 64 * 1024;
pub(super) const AUDIO_LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

/// A place in what somebody sees, filled with now this source and now that one.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) kind: RtpCodecKind,
    pub(super) ssrc: u32,
    pub(super) sender: RTCRtpSenderId,
    /// How the browser calls it, once it has been agreed on.
    pub(super) mid: String,
    /// What each codec is called on this connection.
    pub(super) payload_types: Vec<(Codec, u8)>,
}

impl Place {
    pub(super) fn track_id(ssrc: u32) -> String {
        format!("place-{ssrc}")
    }
}

pub(super) struct Connection {
    pub(super) pc: RTCPeerConnection,
    /// The name that checks call it by.
    pub(super) name: String,
    pub(super) places: Vec<Place>,
    /// What it can carry, if it carries anything to them.
    pub(super) estimate: Option<Estimate>,
}

/// What every connection of a shard has in common.
pub(super) struct Common {
    pub(super) addresses: Vec<SocketAddr>,
    pub(super) certificate: RTCCertificate,
}

impl Connection {
    pub(super) fn new(side: Side, common: &Common, now: Instant) -> Result<Self> {
        let (name, password) = (secret(4)?, secret(16)?);
        let settings = SettingEngineBuilder::new()
            .with_answering_dtls_role(RTCDtlsRole::Server)
            .with_lite(true)
            .with_multicast_dns_mode(rtc::ice::mdns::MulticastDnsMode::Disabled)
            .with_include_loopback_candidate(true)
            .with_ice_credentials(name.clone(), password)
            .with_ice_timeouts(
                Some(Duration::from_secs(3)),
                Some(Duration::from_secs(7)),
                Some(Duration::from_secs(2)),
            )
            .build();
        let mut media = media_engine()?;
        let registry = Registry::new().with(Slot::Custom(9_500), Feedback::default());
        let registry = configure_nack(registry, &mut media);
        let registry = configure_rtcp_reports(registry);
        configure_simulcast_extension_headers(&mut media)?;
        // Registers the numbers by which arrivals are reported, for both ways.
        let mut registry = configure_twcc_receiver_only(registry, &mut media)?;
        let mut estimate = None;
        if side == Side::Subscribe {
            let (watched, read) = estimator(now);
            estimate = Some(read);
            // No pacer: publishers have paced what is passed on, and waiting would add delay.
            registry = registry
                .with(Slot::CongestionControl, CongestionControlBuilder::new(watched).build())
                .with(Slot::TwccSender, TwccSenderBuilder::new().build());
        }
        let configuration = RTCConfigurationBuilder::new()
            .with_certificates(vec![common.certificate.clone()])
            .build();
        let pc = RTCPeerConnectionBuilder::new()
            .with_configuration(configuration)
            .with_setting_engine(settings)
            .with_media_engine(media)
            .with_interceptor_registry(registry)
            .build(now)?;
        Ok(Self { pc, name, places: Vec::new(), estimate })
    }

    /// Adds a place to be filled. All are made before the first offer is answered.
    pub(super) fn add_place(&mut self, kind: RtpCodecKind) -> Result<()> {
        let ssrc = number()?;
        let rtx = matches!(kind, RtpCodecKind::Video)
            .then(number)
            .transpose()?
            .map(|ssrc| RTCRtpRtxParameters { ssrc });
        let codec = match kind {
            RtpCodecKind::Audio => opus().rtp_codec,
            _ => h264().rtp_codec,
        };
        let coding = RTCRtpCodingParameters { ssrc: Some(ssrc), rtx, ..Default::default() };
        let encoding =
            RTCRtpEncodingParameters { rtp_coding_parameters: coding, codec, ..Default::default() };
        let id = Place::track_id(ssrc);
        let track = MediaStreamTrack::new(id.clone(), id.clone(), id, kind, vec![encoding]);
        let init = RTCRtpTransceiverInit {
            direction: RTCRtpTransceiverDirection::Sendonly,
            ..Default::default()
        };
        let transceiver = self.pc.add_transceiver_from_track(track, Some(init))?;
        let sender = self.pc.rtp_transceiver(transceiver).and_then(|one| one.sender());
        let sender = sender.ok_or(Error::ErrRTPSenderNotExisted)?;
        self.places.push(Place {
            kind,
            ssrc,
            sender,
            mid: String::new(),
            payload_types: Vec::new(),
        });
        Ok(())
    }

    /// Agrees to what a browser offers.
    pub(super) fn answer(&mut self, offer: &str, common: &Common, now: Instant) -> Result<String> {
        // Addresses in it are nobody's to use: checks come to us.
        let offer: String = offer
            .lines()
            .filter(|line| !line.starts_with("a=candidate"))
            .flat_map(|line| [line.trim_end(), "\r\n"])
            .collect();
        self.pc.set_remote_description(now, RTCSessionDescription::offer(offer)?)?;
        for address in &common.addresses {
            let candidate = CandidateHostConfig {
                base_config: CandidateConfig {
                    network: "udp".to_owned(),
                    address: address.ip().to_string(),
                    port: address.port(),
                    component: 1,
                    ..Default::default()
                },
                ..Default::default()
            };
            let candidate = candidate.new_candidate_host()?;
            self.pc.add_local_candidate(RTCIceCandidate::from(&candidate).to_json()?)?;
        }
        let answer = self.pc.create_answer(None)?;
        self.pc.set_local_description(now, answer)?;
        self.name_places();
        let agreed = self.pc.local_description().ok_or(Error::ErrPeerConnLocalDescriptionNil)?;
        Ok(agreed.sdp)
    }

    fn name_places(&mut self) {
        let ids: Vec<_> = self.pc.get_transceivers().collect();
        for id in ids {
            let Some(transceiver) = self.pc.rtp_transceiver(id) else { continue };
            let (mid, sender) = (transceiver.mid().clone(), transceiver.sender());
            let Some(place) = self.places.iter_mut().find(|one| Some(one.sender) == sender) else {
                continue;
            };
            place.mid = mid.unwrap_or_default();
            let Some(mut sender) = self.pc.rtp_sender(place.sender) else { continue };
            let codecs = &sender.get_parameters().rtp_parameters.codecs;
            place.payload_types = codecs
                .iter()
                .filter_map(|codec| Some((codec_of(&codec.rtp_codec)?, codec.payload_type)))
                .collect();
        }
    }

    /// Of a stream that begins: how the browser calls its line, its layer, and what it is made of.
    pub(super) fn describe(&mut self, track: &str, ssrc: u32, payload_type: u8) -> Option<Begun> {
        let ids: Vec<_> = self.pc.get_transceivers().collect();
        for id in ids {
            let transceiver = self.pc.rtp_transceiver(id)?;
            let mid = transceiver.mid().clone().unwrap_or_default();
            let Some(receiver_id) = transceiver.receiver() else { continue };
            let Some(mut receiver) = self.pc.rtp_receiver(receiver_id) else { continue };
            if receiver.track().track_id() != track {
                continue;
            }
            let rid = receiver.track().rid(ssrc).filter(|rid| !rid.is_empty()).cloned();
            let parameters = &receiver.get_parameters().rtp_parameters;
            let codec = parameters.codecs.iter().find(|one| one.payload_type == payload_type)?;
            let level = parameters.header_extensions.iter().find(|one| one.uri == AUDIO_LEVEL);
            return Some(Begun {
                mid,
                rid,
                receiver: receiver_id,
                codec: codec_of(&codec.rtp_codec)?,
                level: level.and_then(|one| u8::try_from(one.id).ok()),
            });
        }
        None
    }
}

/// What is known of a stream from its first packet.
pub(super) struct Begun {
    pub(super) mid: String,
    pub(super) rid: Option<String>,
    pub(super) receiver: RTCRtpReceiverId,
    pub(super) codec: Codec,
    /// The header extension that tells how loud it is.
    pub(super) level: Option<u8>,
}

fn codec_of(codec: &RTCRtpCodec) -> Option<Codec> {
    let is = |name: &str| codec.mime_type.eq_ignore_ascii_case(name);
    if is(MIME_TYPE_OPUS) {
        Some(Codec::Opus)
    } else if is(MIME_TYPE_VP8) {
        Some(Codec::Vp8)
    } else if is(MIME_TYPE_H264) {
        Some(Codec::H264)
    } else {
        None
    }
}

fn opus() -> RTCRtpCodecParameters {
    codec(MIME_TYPE_OPUS, 111, 48_000, 2, "minptime=10;useinbandfec=1", &[])
}

const PICTURES: &[(&str, &str)] = &[("ccm", "fir"), ("nack", ""), ("nack", "pli")];

fn h264() -> RTCRtpCodecParameters {
    let profile = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f";
    codec(MIME_TYPE_H264, 108, 90_000, 0, profile, PICTURES)
}

fn media_engine() -> Result<MediaEngine> {
    let mut media = MediaEngine::default();
    media.register_codec(opus(), RtpCodecKind::Audio)?;
    let rtx = |payload_type, of: &str| codec(MIME_TYPE_RTX, payload_type, 90_000, 0, of, &[]);
    for one in [
        h264(),
        rtx(109, "apt=108"),
        codec(MIME_TYPE_VP8, 96, 90_000, 0, "", PICTURES),
        rtx(97, "apt=96"),
    ] {
        media.register_codec(one, RtpCodecKind::Video)?;
    }
    let level = RTCRtpHeaderExtensionCapability { uri: AUDIO_LEVEL.to_owned() };
    media.register_header_extension(level, RtpCodecKind::Audio, None)?;
    Ok(media)
}

fn codec(
    mime: &str,
    payload_type: u8,
    clock_rate: u32,
    channels: u16,
    parameters: &str,
    feedback: &[(&str, &str)],
) -> RTCRtpCodecParameters {
    let feedback = feedback.iter().map(|(kind, parameter)| RTCPFeedback {
        typ: (*kind).to_owned(),
        parameter: (*parameter).to_owned(),
    });
    RTCRtpCodecParameters {
        rtp_codec: RTCRtpCodec {
            mime_type: mime.to_owned(),
            clock_rate,
            channels,
            sdp_fmtp_line: parameters.to_owned(),
            rtcp_feedback: feedback.collect(),
        },
        payload_type,
    }
}

fn random(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|error| Error::Other(error.to_string()))
}

/// Of letters and digits, two for each byte of chance.
fn secret(bytes: usize) -> Result<String> {
    let mut chance = vec![0; bytes];
    random(&mut chance)?;
    Ok(chance.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn number() -> Result<u32> {
    let mut chance = [0; 4];
    random(&mut chance)?;
    // Nought is no source.
    Ok(u32::from_be_bytes(chance).max(1))
}
