//! Who sits in a room, and how that is kept in a snapshot: as one line of text, forty bytes a
//! member. As objects a hundred thousand members would be twelve megabytes of JSON, written
//! again with every snapshot on the thread that decides for the room.
//! Invariant: what is written reads back the same, order of joining included.

use super::Seat;
use protocol::{AccountId, room::MemberRole};
use serde::{Deserialize, Deserializer, Serializer, de};
use std::{collections::BTreeMap, fmt::Write};
use uuid::Uuid;

type Seats = BTreeMap<AccountId, Seat>;

/// Bytes of an id in hex.
const ID: usize = 32;

pub(super) fn serialize<S: Serializer>(seats: &Seats, serializer: S) -> Result<S::Ok, S::Error> {
    let mut text = String::with_capacity(seats.len() * (ID + 10));
    for (account, seat) in seats {
        let mut id = Uuid::encode_buffer();
        text.push_str(account.0.simple().encode_lower(&mut id));
        text.push(match seat.role {
            MemberRole::Member => 'm',
            MemberRole::Admin => 'a',
            MemberRole::Owner => 'o',
        });
        // Writing to a String cannot fail.
        let _ = match seat.confirmed {
            0 => write!(text, "{:x};", seat.order),
            confirmed => write!(text, "{:x},{confirmed:x};", seat.order),
        };
    }
    serializer.serialize_str(&text)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Seats, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.split_terminator(';')
        .map(|one| seat(one).ok_or_else(|| de::Error::custom(format!("a seat: {one:?}"))))
        .collect()
}

fn seat(text: &str) -> Option<(AccountId, Seat)> {
    let (id, rest) = text.split_at_checked(ID)?;
    let (role, numbers) = rest.split_at_checked(1)?;
    let (order, confirmed) = numbers.split_once(',').unwrap_or((numbers, "0"));
    let role = match role {
        "m" => MemberRole::Member,
        "a" => MemberRole::Admin,
        "o" => MemberRole::Owner,
        _ => return None,
    };
    let number = |text| u64::from_str_radix(text, 16).ok();
    let seat = Seat { role, order: number(order)?, confirmed: number(confirmed)? };
    Some((AccountId(id.parse().ok()?), seat))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::account;
    use proptest::prelude::*;
    use serde::Serialize;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Kept(#[serde(with = "super")] Seats);

    proptest! {
        #[test]
        fn seats_read_back(
            people in prop::collection::btree_map(any::<u128>(), (0usize..3, any::<u64>(), 0u64..9), 0..20)
        ) {
            let roles = [MemberRole::Member, MemberRole::Admin, MemberRole::Owner];
            let seats = people.iter().map(|(n, (role, order, confirmed))| {
                let seat = Seat { role: roles[*role], order: *order, confirmed: *confirmed };
                (account(*n), seat)
            });
            let kept = Kept(seats.collect());
            let text = serde_json::to_string(&kept).unwrap();
            prop_assert_eq!(serde_json::from_str::<Kept>(&text).unwrap(), kept);
        }
    }

    #[test]
    fn a_hundred_thousand_seats_are_four_megabytes() {
        let seat = Seat { role: MemberRole::Member, order: 99_999, confirmed: 0 };
        let seats = (0..100_000).map(|n| (account(n), seat)).collect();
        let text = serde_json::to_string(&Kept(seats)).unwrap();
        assert!(text.len() <= 40 * 100_000, "{}", text.len());
    }

    #[test]
    fn what_is_no_seat_is_refused() {
        for text in ["x", "\"x;\"", "\"00000000000000000000000000000001z1;\"", "\"é;\""] {
            assert!(serde_json::from_str::<Kept>(text).is_err(), "{text}");
        }
    }
}
