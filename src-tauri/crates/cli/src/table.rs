//! Text in columns that stand below each other.

/// A cell that is wider pushes only its own row apart.
const WIDEST: usize = 40;

/// Rows of cells. Every column is as wide as its widest cell, up to a limit.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
    indent: usize,
}

impl Table {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty table that is set in a little.
    pub fn indented() -> Self {
        Self {
            indent: 2,
            ..Self::default()
        }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [impl Into<String>; N]) {
        self.rows.push(cells.map(Into::into).to_vec());
    }

    /// The text, each row on its line.
    pub fn text(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width_of = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            let widths = cells.map(|cell| width(cell));
            widths.filter(|width| *width <= WIDEST).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width_of).collect();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = " ".repeat(self.indent);
            for (cell, column) in row.iter().zip(&widths) {
                line.push_str(cell);
                line.push_str(&" ".repeat(column.saturating_sub(width(cell)) + 2));
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// Letters count, bytes do not. (East Asian letters are wider than a terminal's column; their rows are set off a little.)
fn width(cell: &str) -> usize {
    cell.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other() {
        let mut table = Table::new();
        table.row(["Groß", "1", "x"]);
        table.row(["A", "1.250", ""]);
        assert_eq!(table.text(), "Groß  1      x\nA     1.250\n");
    }

    #[test]
    fn a_very_wide_cell_does_not_push_the_others_away() {
        let wide = "w".repeat(WIDEST + 1);
        let mut table = Table::new();
        table.row([wide.as_str(), "x"]);
        table.row(["a", "y"]);
        assert_eq!(table.text(), format!("{wide}  x\na  y\n"));
    }

    #[test]
    fn rows_may_differ_in_length() {
        let mut table = Table::indented();
        table.row(["a"]);
        table.row(["bb", "c"]);
        assert_eq!(table.text(), "  a\n  bb  c\n");
    }
}
