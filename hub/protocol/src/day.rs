//! A day of the calendar, written `2026-11-24`, and the zones in which halls count days.
//! Invariant: instants travel as milliseconds in UTC; a day is meant in the zone beside it.
//! Absent on purpose: a time zone database. Both zones have kept one offset since 1991, when
//! summer time ended in China, so a day is arithmetic.

use crate::Millis;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, str::FromStr};
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;

const DAY_MS: Millis = 24 * 60 * 60 * 1000;

/// Where a person counts the days.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[cfg_attr(test, derive(TS))]
pub enum Zone {
    /// 新疆时间, two hours behind Beijing.
    #[serde(rename = "Asia/Urumqi")]
    Urumqi,
    /// 北京时间, the official one.
    #[default]
    #[serde(rename = "Asia/Shanghai")]
    Shanghai,
}

impl Zone {
    pub fn name(self) -> &'static str {
        match self {
            Self::Urumqi => "Asia/Urumqi",
            Self::Shanghai => "Asia/Shanghai",
        }
    }

    pub fn hours(self) -> i64 {
        match self {
            Self::Urumqi => 6,
            Self::Shanghai => 8,
        }
    }

    fn offset_ms(self) -> Millis {
        self.hours() * 60 * 60 * 1000
    }

    /// The day in which the instant lies here.
    pub fn day(self, at: Millis) -> Day {
        Day(at.saturating_add(self.offset_ms()).div_euclid(DAY_MS))
    }

    /// Milliseconds since the beginning of the instant's day here.
    pub fn time_of_day(self, at: Millis) -> Millis {
        at.saturating_add(self.offset_ms()).rem_euclid(DAY_MS)
    }

    /// The instant of a time of day here.
    pub fn instant(self, day: Day, time_of_day: Millis) -> Millis {
        day.0 * DAY_MS + time_of_day - self.offset_ms()
    }
}

impl FromStr for Zone {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "Asia/Urumqi" => Ok(Self::Urumqi),
            "Asia/Shanghai" => Ok(Self::Shanghai),
            other => Err(format!("unknown zone {other:?}")),
        }
    }
}

/// Counted in days since 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(test, derive(TS), ts(type = "string"))]
pub struct Day(pub i64);

crate::ids::text_schema!(Day, None, "A day of the calendar, as in 2026-11-24.");

impl Day {
    /// Monday is 0.
    pub fn weekday(self) -> i64 {
        // 1970-01-01 was a Thursday.
        (self.0 + 3).rem_euclid(7)
    }

    /// The Monday on or before it.
    pub fn monday(self) -> Self {
        Self(self.0 - self.weekday())
    }

    /// Year, month (1 to 12) and day of the month: days to civil date in eras of 400 years.
    pub fn civil(self) -> (i64, i64, i64) {
        let days = self.0 + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        // The year begins in March here, so that a leap day comes last.
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        (year + era * 400 + i64::from(month <= 2), month, day)
    }

    pub fn of_civil(year: i64, month: i64, day: i64) -> Self {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
        Self(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "a day is written as in 2026-11-24".to_owned();
        let digits = |part: &str, length: usize| {
            let plain = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| part.parse::<i64>().ok()).flatten().ok_or_else(wrong)
        };
        let mut parts = text.splitn(3, '-');
        let mut next =
            |length| parts.next().ok_or_else(wrong).and_then(|part| digits(part, length));
        let day = Self::of_civil(next(4)?, next(2)?, next(2)?);
        // 2026-02-30 reads as a day of March, and so is no day.
        if day.to_string() == text { Ok(day) } else { Err(wrong()) }
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Day;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a day, as in 2026-11-24")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Day, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_four_centuries_reads_and_writes() {
        let mut expected = (1970, 1, 1);
        for number in 0..146_097 {
            let day = Day(number);
            assert_eq!(day.civil(), expected);
            assert_eq!(day.to_string().parse(), Ok(day));
            let (year, month, of_month) = expected;
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let length = match month {
                2 => 28 + i64::from(leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            expected = if of_month < length {
                (year, month, of_month + 1)
            } else if month < 12 {
                (year, month + 1, 1)
            } else {
                (year + 1, 1, 1)
            };
        }
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in ["2026-02-30", "2026-13-01", "2026-1-1", "26-01-01", "2026-01-00", "", "a-b-c"]
        {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_begins_two_hours_later_in_urumqi() {
        let day: Day = "2026-11-24".parse().unwrap();
        assert_eq!((day.weekday(), day.monday().to_string()), (1, "2026-11-23".to_owned()));
        let beijing = Zone::Shanghai.instant(day, 0);
        let urumqi = Zone::Urumqi.instant(day, 0);
        assert_eq!(urumqi - beijing, 2 * 60 * 60 * 1000);
        assert_eq!(Zone::Urumqi.day(beijing), Day(day.0 - 1));
        assert_eq!(Zone::Shanghai.day(urumqi), day);
        for zone in [Zone::Urumqi, Zone::Shanghai] {
            assert_eq!(zone.name().parse(), Ok(zone));
            assert_eq!(zone.instant(zone.day(beijing), zone.time_of_day(beijing)), beijing);
        }
    }
}
