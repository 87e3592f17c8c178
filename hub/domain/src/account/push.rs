//! The devices of the owner that are told of news while no page is open.
//! Invariants: a device belongs to the session that added it and goes silent with it; no more
//! than [`PUSH_DEVICES_MAX`], the oldest gives way; where a device is reached is in no event
//! and no state, only in [`Decision::private`].

use super::Account;
use crate::{Context, Decision, text};
use protocol::{
    ErrorBody, SessionId,
    account::{
        AccountEvent, AddPushDevice, PushDeviceAdded, PushDeviceRemoved, RemovePushDevice, Secret,
    },
    limits::PUSH_DEVICES_MAX,
    me::{PushEnd, PushTarget},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Far above what any service uses.
const ADDRESS_BYTES_MAX: usize = 2_048;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Device {
    id: Uuid,
    session: SessionId,
}

pub(super) fn add(
    account: &Account,
    command: &AddPushDevice,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    account.by_owner(context)?;
    check(&command.target)?;
    let session = context.who.session.ok_or_else(ErrorBody::internal)?;
    let name = text::name("name", &command.name)?;
    let others = account.push.iter().filter(|device| device.id != command.device);
    let mut decision = Decision::nothing();
    // A page may be opened on the same device by one person after another; one device is one
    // row, and those beyond the bound go, oldest first.
    let spare = (others.clone().count() + 1).saturating_sub(PUSH_DEVICES_MAX);
    for device in others.take(spare) {
        decision = decision.and(PushDeviceRemoved { device: device.id, reason: PushEnd::TooMany });
    }
    let (device, provider) = (command.device, command.target.provider());
    let mut decision = decision.and(PushDeviceAdded { device, provider, name, session });
    decision.private = Some(serde_json::json!({ "push_target": command.target }).to_string());
    Ok(decision)
}

pub(super) fn remove(
    account: &Account,
    command: &RemovePushDevice,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    account.by_owner(context)?;
    Ok(end(account, command.device, PushEnd::Asked))
}

/// Its service has said that it is no longer there.
pub(super) fn gone(account: &Account, device: Uuid) -> Decision<AccountEvent> {
    end(account, device, PushEnd::Gone)
}

fn end(account: &Account, device: Uuid, reason: PushEnd) -> Decision<AccountEvent> {
    if account.push.iter().all(|known| known.id != device) {
        return Decision::nothing();
    }
    Decision::event(PushDeviceRemoved { device, reason })
}

fn check(target: &PushTarget) -> Result<(), ErrorBody> {
    let wrong = |message: &str| Err(ErrorBody::invalid("target", message));
    match target {
        PushTarget::Web { endpoint, p256dh, auth } => {
            // Loopback is what browsers call secure as well; the hub's own rule of what it
            // reaches stands behind this one.
            let secure = ["https://", "http://127.0.0.1:", "http://localhost:"];
            let known = secure.iter().any(|start| endpoint.0.starts_with(start));
            if !known || endpoint.0.len() > ADDRESS_BYTES_MAX {
                return wrong("an https address");
            }
            // 65 bytes of a point of P-256 and 16 of a secret (RFC 8291), in base64url.
            let base64 = |text: &Secret, chars: usize| {
                let letter = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
                text.0.len() == chars && text.0.bytes().all(letter)
            };
            if base64(p256dh, 87) && base64(auth, 22) { Ok(()) } else { wrong("two keys") }
        }
        PushTarget::Apns { token }
        | PushTarget::Fcm { token }
        | PushTarget::Huawei { token }
        | PushTarget::Xiaomi { token } => {
            let fits = (8..=ADDRESS_BYTES_MAX).contains(&token.0.len())
                && token.0.bytes().all(|byte| byte.is_ascii_graphic());
            // Apple's stands in the path of an address.
            let hex = !matches!(target, PushTarget::Apns { .. })
                || token.0.bytes().all(|byte| byte.is_ascii_hexdigit());
            if fits && hex { Ok(()) } else { wrong("the token that the service gave") }
        }
    }
}

pub(super) fn apply_added(account: &mut Account, added: &PushDeviceAdded) {
    account.push.retain(|known| known.id != added.device);
    account.push.push(Device { id: added.device, session: added.session });
}

pub(super) fn apply_removed(account: &mut Account, device: Uuid) {
    account.push.retain(|known| known.id != device);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Order;
    use crate::account::{AccountFacts, create::tests::made};
    use crate::testing::who;

    fn web(endpoint: &str) -> PushTarget {
        let secret = |text: &str| Secret(text.to_owned());
        let (p256dh, auth) = (secret(&"B".repeat(87)), secret(&"A".repeat(22)));
        PushTarget::Web { endpoint: secret(endpoint), p256dh, auth }
    }

    fn adding(n: u128) -> AddPushDevice {
        let target = web("https://push.example.com/1");
        AddPushDevice { device: Uuid::from_u128(n), name: "手机".into(), target }
    }

    #[test]
    fn targets() {
        let token = |text: &str| Secret(text.to_owned());
        for (target, good) in [
            (web("https://push.example.com/1"), true),
            (web("http://127.0.0.1:9/1"), true),
            (web("http://127.0.0.1.evil.example/"), false),
            (web("http://push.example.com/1"), false),
            (PushTarget::Apns { token: token(&"a1".repeat(32)) }, true),
            (PushTarget::Apns { token: token("../../device") }, false),
            (PushTarget::Fcm { token: token("dVx:APA91-b_c") }, true),
            (PushTarget::Xiaomi { token: token("a b") }, false),
        ] {
            assert_eq!(check(&target).is_ok(), good, "{:?}", target.provider());
        }
    }

    #[test]
    fn a_device_is_one_row_and_its_address_is_in_no_event() {
        let mut bench = made(&[]);
        let added = bench.run(&who(7, &[]), adding(1), AccountFacts::default()).unwrap();
        let told = format!("{:?}", added.events);
        assert!(!told.contains("example") && added.private.is_some());
        bench.run(&who(7, &[]), adding(1), AccountFacts::default()).unwrap();
        assert_eq!(bench.state.push.len(), 1);
        let stranger = bench.run(&who(8, &[]), adding(1), AccountFacts::default());
        assert_eq!(stranger.unwrap_err().code, "account.not_owner");
        let gone = bench.settle(Order::PushGone { device: Uuid::from_u128(1) }).unwrap();
        assert_eq!(gone.events.len(), 1);
        let again = bench.settle(Order::PushGone { device: Uuid::from_u128(1) }).unwrap();
        assert_eq!(again, Decision::nothing());
    }

    #[test]
    fn the_oldest_gives_way() {
        let mut bench = made(&[]);
        for n in 0..=PUSH_DEVICES_MAX as u128 {
            bench.run(&who(7, &[]), adding(n), AccountFacts::default()).unwrap();
        }
        let kept: Vec<u128> = bench.state.push.iter().map(|device| device.id.as_u128()).collect();
        assert_eq!(kept, (1..=PUSH_DEVICES_MAX as u128).collect::<Vec<_>>());
    }
}
