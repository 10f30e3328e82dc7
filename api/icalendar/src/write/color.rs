//! Colours by name: RFC 7986 knows only the names of CSS.

/// Names and their values; as many as tell calendars apart.
const NAMES: [(&str, [u8; 3]); 48] = [
    ("black", [0, 0, 0]),
    ("blue", [0, 0, 255]),
    ("brown", [165, 42, 42]),
    ("cadetblue", [95, 158, 160]),
    ("chocolate", [210, 105, 30]),
    ("coral", [255, 127, 80]),
    ("cornflowerblue", [100, 149, 237]),
    ("crimson", [220, 20, 60]),
    ("cyan", [0, 255, 255]),
    ("darkblue", [0, 0, 139]),
    ("darkcyan", [0, 139, 139]),
    ("darkgreen", [0, 100, 0]),
    ("darkmagenta", [139, 0, 139]),
    ("darkorange", [255, 140, 0]),
    ("darkred", [139, 0, 0]),
    ("darkslateblue", [72, 61, 139]),
    ("darkslategray", [47, 79, 79]),
    ("deeppink", [255, 20, 147]),
    ("deepskyblue", [0, 191, 255]),
    ("dimgray", [105, 105, 105]),
    ("dodgerblue", [30, 144, 255]),
    ("firebrick", [178, 34, 34]),
    ("forestgreen", [34, 139, 34]),
    ("gold", [255, 215, 0]),
    ("goldenrod", [218, 165, 32]),
    ("gray", [128, 128, 128]),
    ("green", [0, 128, 0]),
    ("indigo", [75, 0, 130]),
    ("lime", [0, 255, 0]),
    ("magenta", [255, 0, 255]),
    ("maroon", [128, 0, 0]),
    ("navy", [0, 0, 128]),
    ("olive", [128, 128, 0]),
    ("orange", [255, 165, 0]),
    ("orangered", [255, 69, 0]),
    ("orchid", [218, 112, 214]),
    ("pink", [255, 192, 203]),
    ("purple", [128, 0, 128]),
    ("red", [255, 0, 0]),
    ("royalblue", [65, 105, 225]),
    ("saddlebrown", [139, 69, 19]),
    ("seagreen", [46, 139, 87]),
    ("silver", [192, 192, 192]),
    ("steelblue", [70, 130, 180]),
    ("teal", [0, 128, 128]),
    ("tomato", [255, 99, 71]),
    ("white", [255, 255, 255]),
    ("yellow", [255, 255, 0]),
];

/// The red, green and blue of `#rrggbb`.
fn parse(color: &str) -> Option<[u8; 3]> {
    let digits = color.strip_prefix('#').filter(|it| it.len() == 6 && it.bytes().all(|it| it.is_ascii_hexdigit()))?;
    let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

/// The name that is nearest to a colour `#rrggbb`.
pub fn nearest(color: &str) -> Option<&'static str> {
    let wanted = parse(color)?;
    let far = |it: &[u8; 3]| it.iter().zip(wanted).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum::<u32>();
    NAMES.iter().min_by_key(|(_, it)| far(it)).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name() {
        assert_eq!(nearest("#ff0000"), Some("red"));
        assert_eq!(nearest("#2a6f97"), Some("steelblue"));
        assert_eq!(nearest("red"), None);
        assert_eq!(nearest("#ääa"), None);
    }
}
