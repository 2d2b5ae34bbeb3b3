//! What a request with a body carries: a plain form, or one in parts where files go along. The contents of the files are shared with
//! whoever gave them, so that a request can be built again without a copy.

use ports::MailFile;
use transport::multipart::{Form, Part};

use crate::wire::without_control_characters;

/// What a file is where nobody knows.
const SOME_BYTES: &str = "application/octet-stream";

/// The parameters as a plain form.
pub fn plain<'a>(parameters: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish()
}

/// The parameters and then the files, each in a part.
pub fn with_files<'a>(
    parameters: impl Iterator<Item = (&'a str, &'a str)>,
    files: &[MailFile],
) -> Form {
    let form = parameters.fold(Form::new(), |form, (name, value)| {
        form.text(name.to_owned(), value.to_owned())
    });
    let numbered = files.iter().zip(1..);
    numbered.fold(form, |form, (file, number)| {
        form.part(format!("file{number}"), part(file, number))
    })
}

fn part(file: &MailFile, number: usize) -> Part {
    let part = |kind: &str| {
        Part::stream(file.content.clone())
            .file_name(name(&file.name, number))
            .mime_str(kind)
    };
    part(&file.content_type)
        .or_else(|_| part(SOME_BYTES))
        .expect("the general type is a type")
}

/// The name without what would end it early or make it a path: PHP drops everything before a slash, and a file without a name.
fn name(name: &str, number: usize) -> String {
    let one_line = without_control_characters(name).replace(['\r', '\n', '\t'], " ");
    let name = one_line.replace(['/', '\\', '"'], "_");
    match name.trim() {
        "" | "." | ".." => format!("file{number}"),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{Stream, StreamExt, pin_mut};

    use super::*;

    fn file(name: &str, content_type: &str, content: &'static [u8]) -> MailFile {
        MailFile {
            name: name.to_owned(),
            content_type: content_type.to_owned(),
            content: content.into(),
        }
    }

    async fn all<B: AsRef<[u8]>, E: std::fmt::Debug>(
        stream: impl Stream<Item = Result<B, E>>,
    ) -> (Vec<u8>, Vec<*const u8>) {
        pin_mut!(stream);
        let (mut bytes, mut places) = (Vec::new(), Vec::new());
        while let Some(piece) = stream.next().await {
            let piece = piece.expect("nothing to fail");
            places.push(piece.as_ref().as_ptr());
            bytes.extend_from_slice(piece.as_ref());
        }
        (bytes, places)
    }

    #[tokio::test]
    async fn r5_6_every_file_stands_in_its_own_part_with_name_and_type() {
        let files = [
            file("Übersicht 1.txt", "text/plain", b"eins\r\n--"),
            file("a\"b\r\nX-Evil: 1/..\\c.png", "image/png", b"\0\x01\xff"),
            file("", "no type", b""),
        ];
        let form = with_files(
            [("operation", "create"), ("element", "{\"ü\"}")].into_iter(),
            &files,
        );
        let boundary = form.boundary().to_owned();
        let (bytes, places) = all(form.into_stream()).await;
        let expected = [
            "--B\r\nContent-Disposition: form-data; name=\"operation\"\r\n\r\ncreate\r\n".as_bytes(),
            "--B\r\nContent-Disposition: form-data; name=\"element\"\r\n\r\n{\"ü\"}\r\n".as_bytes(),
            "--B\r\nContent-Disposition: form-data; name=\"file1\"; filename=\"Übersicht 1.txt\"\r\nContent-Type: text/plain\r\n\r\n".as_bytes(),
            b"eins\r\n--\r\n",
            b"--B\r\nContent-Disposition: form-data; name=\"file2\"; filename=\"a_b  X-Evil: 1_.._c.png\"\r\nContent-Type: image/png\r\n\r\n",
            b"\0\x01\xff\r\n",
            b"--B\r\nContent-Disposition: form-data; name=\"file3\"; filename=\"file3\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n",
            b"--B--\r\n",
        ]
        .concat();
        // The boundary is made anew each time, and nothing else here contains it.
        let replaced = replace(&bytes, boundary.as_bytes(), b"B");
        assert_eq!(
            String::from_utf8_lossy(&replaced),
            String::from_utf8_lossy(&expected)
        );
        for file in &files[..2] {
            let shared = places.contains(&file.content.as_ptr());
            assert!(shared, "{} was copied", file.name);
        }
    }

    fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
        let mut replaced = Vec::new();
        let mut rest = bytes;
        while let Some(first) = rest.first() {
            match rest.strip_prefix(from) {
                Some(behind) => {
                    replaced.extend_from_slice(to);
                    rest = behind;
                }
                None => {
                    replaced.push(*first);
                    rest = &rest[1..];
                }
            }
        }
        replaced
    }
}
