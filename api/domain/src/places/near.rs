//! Distances on the ground. Pure.

use entities::learning_place;

/// Mean radius of the earth in metres.
const RADIUS: f64 = 6_371_008.8;
/// Metres of one degree of latitude.
const DEGREE: f64 = RADIUS * std::f64::consts::PI / 180.0;

/// A position, WGS 84 in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Latitude.
    pub latitude: f64,
    /// Longitude.
    pub longitude: f64,
}

impl Point {
    /// Where a place is, if that is known.
    pub fn of(place: &learning_place::Model) -> Option<Self> {
        Some(Self { latitude: place.latitude?, longitude: place.longitude? })
    }

    /// The way to another point as the crow flies, in whole metres (haversine).
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most half the earth's girth")]
    pub fn metres_to(self, other: Self) -> u32 {
        let (here, there) = (self.latitude.to_radians(), other.latitude.to_radians());
        let north = ((there - here) / 2.0).sin();
        let east = ((other.longitude - self.longitude).to_radians() / 2.0).sin();
        let half_chord = east.mul_add(east * here.cos() * there.cos(), north * north);
        (2.0 * RADIUS * half_chord.clamp(0.0, 1.0).sqrt().asin()).round() as u32
    }

    /// A box that holds every point within `metres`: latitudes from and to, longitudes from and to. It holds all
    /// longitudes where it would reach a pole or the date line.
    pub fn around(self, metres: u32) -> [f64; 4] {
        // A little more than asked for: the exact distance decides.
        let north = f64::from(metres) * 1.001 / DEGREE;
        let (south, north) = (self.latitude - north, self.latitude + north);
        let narrowest = south.abs().max(north.abs()).to_radians().cos();
        let east = f64::from(metres) * 1.001 / (DEGREE * narrowest.max(1e-9));
        let (west, east) = (self.longitude - east, self.longitude + east);
        if south <= -90.0 || north >= 90.0 || west <= -180.0 || east >= 180.0 {
            return [south, north, -180.0, 180.0];
        }
        [south, north, west, east]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KAUFBEUREN: Point = Point { latitude: 47.8824, longitude: 10.6219 };
    const BUCHLOE: Point = Point { latitude: 48.0372, longitude: 10.7255 };

    #[test]
    fn distances_are_those_of_the_map() {
        assert_eq!(KAUFBEUREN.metres_to(KAUFBEUREN), 0);
        assert!((18_800..18_900).contains(&KAUFBEUREN.metres_to(BUCHLOE)), "{}", KAUFBEUREN.metres_to(BUCHLOE));
        let pole = Point { latitude: 90.0, longitude: 0.0 };
        let other = Point { latitude: -90.0, longitude: 120.0 };
        assert_eq!(pole.metres_to(other), 20_015_114, "half the earth's girth");
    }

    proptest! {
        #[test]
        fn the_box_holds_whatever_is_near(
            latitude in -89.0..89.0_f64, longitude in -179.0..179.0_f64,
            north in -1.2..1.2_f64, east in -1.2..1.2_f64, metres in 1_u32..100_000,
        ) {
            let here = Point { latitude, longitude };
            let there = Point { latitude: latitude + north, longitude: longitude + east };
            prop_assume!(there.latitude.abs() <= 90.0 && there.longitude.abs() <= 180.0);
            prop_assert_eq!(here.metres_to(there), there.metres_to(here));
            let [south, north, west, east] = here.around(metres);
            let within = (south..=north).contains(&there.latitude) && (west..=east).contains(&there.longitude);
            prop_assert!(within || here.metres_to(there) > metres);
        }
    }
}
