//! How the demo tells its story on a terminal: numbered chapters with a few plain sentences, broken into lines that are easy to read.
//! What is told stands in the chapters of `demo`.

use std::cell::Cell;

const WIDTH: usize = 92;

/// Counts the chapters.
#[derive(Default)]
pub struct Story {
    chapter: Cell<u32>,
}

impl Story {
    /// Begins the next chapter.
    pub fn chapter(&self, title: &str, text: &str) {
        let number = self.chapter.get() + 1;
        self.chapter.set(number);
        println!("\n{number}. {title}\n{}", broken(text));
    }

    /// Says something more within the chapter.
    pub fn aside(&self, text: &str) {
        println!("\n{}", broken(text));
    }
}

/// The text in lines of at most the width, broken at blanks, set in a little.
fn broken(text: &str) -> String {
    let mut lines = vec![String::from("  ")];
    for word in text.split_whitespace() {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if line > 2 && line + 1 + word.chars().count() > WIDTH {
            lines.push(String::from("  "));
        }
        let line = lines.last_mut().expect("it opens with one line");
        if line.len() > 2 {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_at_blanks_and_no_word_is_lost() {
        let text = "wörter ".repeat(40);
        let broken = broken(&text);
        assert!(
            broken
                .lines()
                .all(|line| line.chars().count() <= WIDTH && line.starts_with("  w")),
            "{broken}"
        );
        assert_eq!(broken.split_whitespace().count(), 40);
    }

    #[test]
    fn a_word_longer_than_a_line_stays_whole() {
        let word = "x".repeat(WIDTH * 2);
        assert_eq!(
            broken(&format!("a {word} b")),
            format!("  a\n  {word}\n  b")
        );
    }
}
