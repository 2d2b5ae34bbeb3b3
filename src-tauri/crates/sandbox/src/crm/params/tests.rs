//! Forms in parts, byte by byte.
use super::*;

fn read(body: &[u8]) -> Form {
    parts(&Bytes::copy_from_slice(body), "xyz")
}

#[test]
fn a_form_in_parts_gives_its_fields_and_its_files_byte_by_byte() {
    let mut body = b"--xyz\r\nContent-Disposition: form-data; name=\"element\"\r\n\r\n{\"a\": \"b\r\nc\"}\r\n--xyz\r\n".to_vec();
    body.extend("content-disposition: form-data; name=\"f\"; filename=\"C:\\Übersicht \\\"1\\\".png\"\r\nContent-Type: image/png\r\n\r\n".bytes());
    let content = b"\x89PNG\r\n\r\n--xy\xff\xfe\0\r\n";
    body.extend(content);
    body.extend(b"\r\n--xyz--\r\n");
    let form = read(&body);
    assert_eq!(
        form.fields,
        BTreeMap::from([("element".to_owned(), "{\"a\": \"b\r\nc\"}".to_owned())])
    );
    let [file] = form.files.as_slice() else {
        panic!("{:?}", form.files);
    };
    assert_eq!(
        (file.name.as_str(), file.kind.as_str()),
        ("Übersicht \"1\".png", "image/png")
    );
    assert_eq!(&file.bytes[..], content);
}

#[test]
fn a_part_with_no_plain_file_name_is_a_field_and_the_last_of_a_name_counts() {
    let body = b"--xyz\r\nContent-Disposition: form-data; name=\"f\"; filename*=UTF-8''a.txt\r\n\r\none\r\n\
                 --xyz\r\nContent-Disposition: form-data; name=g; filename=a.txt\r\n\r\ntwo\r\n\
                 --xyz\r\nContent-Disposition: form-data; name=g; filename=b.txt\r\n\r\n\r\n--xyz--";
    let form = read(body);
    assert_eq!(form.fields["f"], "one");
    let names: Vec<_> = form.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(
        (names.as_slice(), form.files[0].bytes.len()),
        (["b.txt"].as_slice(), 0)
    );
}

#[test]
fn odd_forms_do_no_harm() {
    for odd in [
        b"".as_slice(),
        b"--xyz",
        b"--xyz\r\n",
        b"--xyz\r\n\r\n\r\n--xyz--",
        b"--xyz\r\nContent-Disposition: form-data\r\n\r\nx\r\n--xyz--",
        b"--xyz\r\nContent-Disposition: form-data; name\r\n\r\nx\r\n--xyz--",
        b"--xyz\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx",
    ] {
        assert_eq!(read(odd).files, [], "{odd:?}");
    }
}
