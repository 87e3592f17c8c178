//! Personal data that prints itself masked. Taking the value out is visible in review.

use std::fmt;

/// Wraps anything about a person. `Debug` and `Display` never show it.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Pii<T>(T);

impl<T> Pii<T> {
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The bare value: for the owner's own eyes and for storage, never for a log.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl Pii<String> {
    /// A phone number as colleagues may see it: `138****1234`.
    pub fn masked_phone(&self) -> String {
        let digits: Vec<char> = self.0.chars().collect();
        if digits.len() < 7 {
            return "****".to_owned();
        }
        let head: String = digits[..3].iter().collect();
        let tail: String = digits[digits.len() - 4..].iter().collect();
        format!("{head}****{tail}")
    }
}

impl<T> fmt::Debug for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pii(…)")
    }
}

impl<T> fmt::Display for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::Pii;

    #[test]
    fn never_prints_the_value() {
        let phone = Pii::new("13812341234".to_owned());
        assert_eq!(format!("{phone:?} {phone}"), "Pii(…) …");
        assert_eq!(phone.masked_phone(), "138****1234");
        assert_eq!(Pii::new("119".to_owned()).masked_phone(), "****");
    }
}
