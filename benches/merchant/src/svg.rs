//! Two kinds of plots as SVG: bars in groups, and a line. Readable on light and dark pages: the colours
//! follow the reader's scheme. It knows nothing of what is measured.

const WIDTH: u64 = 720;
const LEFT: u64 = 210;
/// Behind the longest bar there is room for its figure.
const BAR_MOST: u64 = 380;
const BAR: u64 = 14;
const GROUP_GAP: u64 = 12;
const TOP: u64 = 64;

const STYLE: &str = "\
<style>svg{font:12px system-ui,sans-serif}.page{fill:#fff}text{fill:#24292f}.quiet{fill:#57606a}\
.axis{stroke:#8c959f;fill:none}.s0{fill:#2f6fde}.s1{fill:#2da06b}.s2{fill:#c98a00}\
.line{stroke:#2f6fde;stroke-width:2;fill:none}\
@media(prefers-color-scheme:dark){.page{fill:#16181d}text{fill:#e6e8eb}.quiet{fill:#a3abb5}\
.s0{fill:#6ea1ff}.s1{fill:#5fd39a}.s2{fill:#e0b04a}.line{stroke:#6ea1ff}}</style>";

/// A bar's length and what is written behind it.
pub(crate) struct Bar {
    pub(crate) value: u64,
    pub(crate) shown: String,
}

/// Bars that belong together, one a series.
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) bars: Vec<Bar>,
}

/// Groups below each other, bars to the right, the series' names above.
pub(crate) fn bars(title: &str, axis: &str, series: &[&str], groups: &[Group]) -> String {
    let most = groups.iter().flat_map(|group| &group.bars).map(|bar| bar.value).max();
    let most = most.unwrap_or(0).max(1);
    let (mut body, mut y) = (legend(series), TOP);
    for group in groups {
        let rows = u64::try_from(group.bars.len()).unwrap_or(0);
        let middle = y + rows * BAR / 2 + 4;
        body += &text(LEFT - 8, middle, "end", "", &group.name);
        for (index, bar) in group.bars.iter().enumerate() {
            let length = (bar.value.saturating_mul(BAR_MOST) / most).max(1);
            let height = BAR - 2;
            body += &format!(
                "<rect class=\"s{}\" x=\"{LEFT}\" y=\"{y}\" width=\"{length}\" height=\"{height}\"/>",
                index % 3
            );
            body += &text(LEFT + length + 6, y + 10, "start", "", &bar.shown);
            y += BAR;
        }
        y += GROUP_GAP;
    }
    body += &format!("<path class=\"axis\" d=\"M{LEFT} {}V{}\"/>", TOP - 6, y - 4);
    body += &text(LEFT, y + 14, "start", "quiet", axis);
    page(title, y + 28, &body)
}

fn legend(series: &[&str]) -> String {
    let (mut body, mut x) = (String::new(), LEFT);
    for (index, name) in series.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        body += &format!(
            "<rect class=\"s{}\" x=\"{x}\" y=\"36\" width=\"10\" height=\"10\"/>",
            index % 3
        );
        body += &text(x + 15, 45, "start", "", name);
        x += 150;
    }
    body
}

/// What an axis is called, and how much of a value is one of what its numbers count.
#[derive(Clone, Copy)]
pub(crate) struct Axis<'a> {
    pub(crate) name: &'a str,
    pub(crate) unit: u64,
}

/// A line through points; both axes begin at 0.
pub(crate) fn line(title: &str, axes: [Axis<'_>; 2], points: &[[u64; 2]]) -> String {
    const HEIGHT: u64 = 200;
    const FROM: u64 = 56;
    const LENGTH: u64 = WIDTH - FROM - 24;
    let [across, up] = axes;
    let most = |axis: usize| points.iter().filter_map(|point| point.get(axis)).max().copied();
    let most_x = most(0).unwrap_or(0).max(1);
    let most_y = rounded_up(most(1).unwrap_or(0).div_ceil(up.unit)) * up.unit;
    let bottom = TOP + HEIGHT;
    let mut path = String::new();
    for (index, [x, y]) in points.iter().enumerate() {
        let letter = if index == 0 { 'M' } else { 'L' };
        let (x, y) = (FROM + x * LENGTH / most_x, bottom - y * HEIGHT / most_y);
        path += &format!("{letter}{x} {y}");
    }
    let right = FROM + LENGTH;
    let mut body = format!("<path class=\"axis\" d=\"M{FROM} {TOP}V{bottom}H{right}\"/>");
    body += &format!("<path class=\"line\" d=\"{path}\"/>");
    for step in 0..=4 {
        let (x, y) = (FROM + LENGTH * step / 4, bottom - HEIGHT * step / 4);
        let (label_x, label_y) = (most_x * step / 4 / across.unit, most_y * step / 4 / up.unit);
        body += &text(FROM - 6, y + 4, "end", "quiet", &label_y.to_string());
        body += &text(x, bottom + 16, "middle", "quiet", &label_x.to_string());
    }
    body += &text(right, bottom + 34, "end", "quiet", across.name);
    body += &text(8, 46, "start", "quiet", up.name);
    page(title, bottom + 46, &body)
}

/// The next number that four steps divide well.
fn rounded_up(most: u64) -> u64 {
    let step =
        [1, 2, 5, 10, 20, 25, 50, 100, 250, 500, 1_000].into_iter().find(|step| step * 4 >= most);
    step.map_or(most, |step| step * 4).max(4)
}

fn text(x: u64, y: u64, anchor: &str, class: &str, content: &str) -> String {
    let content = content.replace('&', "&amp;").replace('<', "&lt;");
    format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{content}</text>")
}

fn page(title: &str, height: u64, body: &str) -> String {
    let shown = text(16, 22, "start", "", title).replace("<text ", "<text font-weight=\"600\" ");
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\
         <title>{title}</title>{STYLE}\
         <rect class=\"page\" width=\"100%\" height=\"100%\" rx=\"6\"/>{shown}{body}</svg>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_fills_the_room_and_texts_are_escaped() {
        let bar = |value| Bar { value, shown: format!("{value} & <1") };
        let groups = [Group { name: "one".to_owned(), bars: vec![bar(50), bar(100)] }];
        let drawn = bars("Reads", "a second", &["a", "b"], &groups);
        assert!(drawn.contains("width=\"190\"") && drawn.contains("width=\"380\""));
        assert!(drawn.contains("50 &amp; &lt;1") && drawn.contains("<title>Reads</title>"));
    }

    #[test]
    fn a_line_stays_between_its_axes() {
        let axes = [Axis { name: "minutes", unit: 60 }, Axis { name: "MB", unit: 1_000 }];
        let drawn = line("Memory", axes, &[[0, 40_000], [1_800, 80_000]]);
        assert!(drawn.contains("M56 164L696 64"), "{drawn}");
        assert!(drawn.contains(">30<") && drawn.contains(">80<"), "{drawn}");
    }

    #[test]
    fn nothing_measured_draws_no_nonsense() {
        assert!(bars("Reads", "a second", &[], &[]).ends_with("</svg>\n"));
        let axis = Axis { name: "", unit: 1 };
        assert!(line("Memory", [axis; 2], &[]).ends_with("</svg>\n"));
    }
}
