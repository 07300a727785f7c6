//! What a file is, by its first and last bytes. Its name and what the sender says about it do not count.
//!
//! Only kinds that people send with a form, and none that a browser would run: no HTML, no SVG, no script.

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileKind {
    /// The word for it in a configuration, which is its ending too.
    pub name: &'static str,
    /// Its media type.
    pub media: &'static str,
}

/// As many bytes of the beginning and of the end are looked at.
pub const PROBE: usize = 4096;

/// Every kind that can be allowed.
pub const KINDS: &[FileKind] = &[
    FileKind { name: "pdf", media: "application/pdf" },
    FileKind { name: "png", media: "image/png" },
    FileKind { name: "jpeg", media: "image/jpeg" },
    FileKind { name: "gif", media: "image/gif" },
    FileKind { name: "webp", media: "image/webp" },
    FileKind { name: "heic", media: "image/heic" },
    FileKind { name: "tiff", media: "image/tiff" },
    FileKind {
        name: "docx",
        media: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    },
    FileKind {
        name: "xlsx",
        media: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    },
    FileKind {
        name: "pptx",
        media: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    },
    FileKind { name: "odt", media: "application/vnd.oasis.opendocument.text" },
    FileKind { name: "ods", media: "application/vnd.oasis.opendocument.spreadsheet" },
    FileKind { name: "zip", media: "application/zip" },
];

/// The kind of a file that begins and ends with these bytes, of those above.
pub fn sniff(start: &[u8], end: &[u8]) -> Option<FileKind> {
    let name = match start {
        [b'%', b'P', b'D', b'F', b'-', ..] => "pdf",
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => "png",
        [0xff, 0xd8, 0xff, ..] => "jpeg",
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => "gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "webp",
        [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => "tiff",
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => {
            let brands: &[&[u8]] = &[b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"];
            if brands.iter().any(|known| brand.starts_with(known)) { "heic" } else { return None }
        }
        [b'P', b'K', 3, 4, ..] => zipped(start, end),
        _ => return None,
    };
    KINDS.iter().find(|kind| kind.name == name).copied()
}

/// What is in a ZIP archive: `OpenDocument` says it in its first entry, Office Open XML by the folders in its directory.
fn zipped(start: &[u8], end: &[u8]) -> &'static str {
    let first = start.get(30..).unwrap_or_default();
    if first.starts_with(b"mimetypeapplication/vnd.oasis.opendocument.text") {
        return "odt";
    }
    if first.starts_with(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet") {
        return "ods";
    }
    let holds = |name: &[u8]| {
        [start, end].iter().any(|part| part.windows(name.len()).any(|window| window == name))
    };
    if !holds(b"[Content_Types].xml") {
        return "zip";
    }
    let folders: [(&[u8], &str); 3] = [
        (b"word/document.xml", "docx"),
        (b"xl/workbook.xml", "xlsx"),
        (b"ppt/presentation.xml", "pptx"),
    ];
    folders.iter().find(|(folder, _)| holds(folder)).map_or("zip", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(start: &[u8], end: &[u8], expected: Option<&str>) {
        assert_eq!(sniff(start, end).map(|kind| kind.name), expected);
    }

    #[test]
    fn files_are_known_by_their_bytes() {
        check(b"%PDF-1.7\n", b"", Some("pdf"));
        check(b"\x89PNG\r\n\x1a\n....", b"", Some("png"));
        check(b"\xff\xd8\xff\xe0", b"", Some("jpeg"));
        check(b"GIF89a..", b"", Some("gif"));
        check(b"RIFF\x01\x02\x03\x04WEBPVP8 ", b"", Some("webp"));
        check(b"\0\0\0\x18ftypheic", b"", Some("heic"));
        check(b"II*\0", b"", Some("tiff"));
        let mut odt = b"PK\x03\x04".to_vec();
        odt.extend_from_slice(&[0; 26]);
        odt.extend_from_slice(b"mimetypeapplication/vnd.oasis.opendocument.textPK");
        check(&odt, b"", Some("odt"));
        check(b"PK\x03\x04..[Content_Types].xml", b"..word/document.xml..", Some("docx"));
        check(b"PK\x03\x04..", b"[Content_Types].xml xl/workbook.xml", Some("xlsx"));
        check(b"PK\x03\x04..", b"word/document.xml", Some("zip"));
    }

    #[test]
    fn what_a_browser_would_run_is_no_file_of_ours() {
        for start in [
            b"<!doctype html><script>".as_slice(),
            b"<svg xmlns=",
            b"<?xml version=\"1.0\"?><svg",
            b"#!/bin/sh",
            b"MZ\x90\0",
            b"\0\0\0\x18ftypisom",
            b"",
            b"%PD",
        ] {
            check(start, b"", None);
        }
    }
}
