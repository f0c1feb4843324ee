//! The wire format of D-Bus, as far as a keyring needs it. Little-endian alone; whatever else comes ends the connection.

use std::io::{self, Read};

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// `y`.
    Byte(u8),
    /// `b`.
    Bool(bool),
    /// `u`.
    U32(u32),
    /// `t`.
    U64(u64),
    /// `s`.
    Text(String),
    /// `o`.
    Path(String),
    /// `g`.
    Signature(String),
    /// `a…`, with the signature of its elements.
    Array(String, Vec<Value>),
    /// `(…)` or `{…}`.
    Fields(Vec<Value>),
    /// `v`.
    Variant(Box<(String, Value)>),
}

impl Value {
    /// Returns a text or a path.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Path(text) | Self::Signature(text) => text,
            Self::Variant(inner) => inner.1.text(),
            _ => "",
        }
    }

    /// Returns the elements of an array or a structure.
    pub(super) fn elements(&self) -> &[Value] {
        match self {
            Self::Array(_, elements) | Self::Fields(elements) => elements,
            Self::Variant(inner) => inner.1.elements(),
            _ => &[],
        }
    }

    /// Returns the bytes of `ay`.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let byte = |value: &Value| if let Self::Byte(byte) = value { *byte } else { 0 };
        self.elements().iter().map(byte).collect()
    }

    /// Returns what a dictionary has under a key.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.elements().iter().find(|entry| entry.elements()[0].text() == key).map(|entry| &entry.elements()[1])
    }
}

/// Returns the length of the first complete type of a signature.
fn first(signature: &str) -> usize {
    let bytes = signature.as_bytes();
    match bytes.first() {
        Some(b'a') => 1 + first(&signature[1..]),
        Some(b'(' | b'{') => {
            let mut depth = 0;
            let end = bytes.iter().position(|byte| {
                depth += i32::from(matches!(byte, b'(' | b'{')) - i32::from(matches!(byte, b')' | b'}'));
                depth == 0
            });
            end.map_or(bytes.len(), |end| end + 1)
        }
        Some(_) => 1,
        None => 0,
    }
}

fn types(mut signature: &str) -> Vec<&str> {
    let mut found = Vec::new();
    while !signature.is_empty() {
        let (one, rest) = signature.split_at(first(signature));
        found.push(one);
        signature = rest;
    }
    found
}

fn alignment(signature: &str) -> usize {
    match signature.as_bytes().first() {
        Some(b'y' | b'g' | b'v') => 1,
        Some(b't' | b'(' | b'{') => 8,
        _ => 4,
    }
}

/// Reads values out of a body.
pub(super) struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    /// Returns one at the beginning.
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn align(&mut self, to: usize) {
        self.at = self.at.next_multiple_of(to);
    }

    fn take(&mut self, length: usize) -> io::Result<&'b [u8]> {
        let end = self.at.checked_add(length).ok_or(io::ErrorKind::InvalidData)?;
        let taken = self.bytes.get(self.at..end).ok_or(io::ErrorKind::UnexpectedEof)?;
        self.at = end;
        Ok(taken)
    }

    fn number(&mut self) -> io::Result<u32> {
        self.align(4);
        let bytes = self.take(4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    fn characters(&mut self, length: usize) -> io::Result<String> {
        let text = String::from_utf8(self.take(length)?.to_vec()).map_err(|_| io::ErrorKind::InvalidData)?;
        self.take(1)?;
        Ok(text)
    }

    /// Reads all values of a signature.
    ///
    /// # Errors
    /// When the bytes are not that.
    pub(super) fn all(&mut self, signature: &str) -> io::Result<Vec<Value>> {
        types(signature).into_iter().map(|one| self.value(one)).collect()
    }

    fn value(&mut self, signature: &str) -> io::Result<Value> {
        Ok(match signature.as_bytes().first() {
            Some(b'y') => Value::Byte(self.take(1)?[0]),
            Some(b'b') => Value::Bool(self.number()? == 1),
            Some(b'u' | b'i') => Value::U32(self.number()?),
            Some(b't') => {
                self.align(8);
                Value::U64(u64::from(self.number()?) | u64::from(self.number()?) << 32)
            }
            Some(b's') => Value::Text(self.counted()?),
            Some(b'o') => Value::Path(self.counted()?),
            Some(b'g') => {
                let length = self.take(1)?[0];
                Value::Signature(self.characters(length.into())?)
            }
            Some(b'v') => {
                let Value::Signature(inner) = self.value("g")? else { return Err(io::ErrorKind::InvalidData.into()) };
                let value = self.value(&inner)?;
                Value::Variant(Box::new((inner, value)))
            }
            Some(b'a') => {
                let (element, length) = (&signature[1..], self.number()? as usize);
                self.align(alignment(element));
                let end = self.at + length;
                let mut elements = Vec::new();
                while self.at < end {
                    elements.push(self.value(element)?);
                }
                Value::Array(element.to_owned(), elements)
            }
            Some(b'(' | b'{') => {
                self.align(8);
                Value::Fields(self.all(&signature[1..signature.len() - 1])?)
            }
            _ => return Err(io::ErrorKind::InvalidData.into()),
        })
    }

    fn counted(&mut self) -> io::Result<String> {
        let length = self.number()? as usize;
        self.characters(length)
    }
}

/// Appends values to bytes.
pub(super) fn write(bytes: &mut Vec<u8>, values: &[Value]) {
    let align = |bytes: &mut Vec<u8>, to: usize| bytes.resize(bytes.len().next_multiple_of(to), 0);
    let number = |bytes: &mut Vec<u8>, number: usize| {
        align(bytes, 4);
        bytes.extend(u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
    };
    for value in values {
        match value {
            Value::Byte(byte) => bytes.push(*byte),
            Value::Bool(is) => number(bytes, usize::from(*is)),
            Value::U32(one) => number(bytes, *one as usize),
            Value::U64(one) => {
                align(bytes, 8);
                bytes.extend(one.to_le_bytes());
            }
            Value::Text(text) | Value::Path(text) => {
                number(bytes, text.len());
                bytes.extend(text.as_bytes());
                bytes.push(0);
            }
            Value::Signature(text) => {
                bytes.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
                bytes.extend(text.as_bytes());
                bytes.push(0);
            }
            Value::Variant(inner) => write(bytes, &[Value::Signature(inner.0.clone()), inner.1.clone()]),
            Value::Array(element, elements) => {
                number(bytes, 0);
                let length_at = bytes.len() - 4;
                align(bytes, alignment(element));
                let start = bytes.len();
                write(bytes, elements);
                let length = u32::try_from(bytes.len() - start).unwrap_or(u32::MAX);
                bytes[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
            }
            Value::Fields(fields) => {
                align(bytes, 8);
                write(bytes, fields);
            }
        }
    }
}

/// A call.
#[derive(Debug)]
pub(super) struct Call {
    /// Its number.
    pub(super) serial: u32,
    /// Whom it is for.
    pub(super) destination: String,
    /// On what.
    pub(super) path: String,
    /// Interface and method.
    pub(super) method: String,
    /// Its signature.
    pub(super) signature: String,
    /// Its arguments.
    pub(super) arguments: Vec<Value>,
}

/// Reads a call. What is none has no method.
///
/// # Errors
/// When the connection ends, or sends something else than D-Bus.
pub(super) fn read(stream: &mut impl Read) -> io::Result<Call> {
    let mut head = [0; 16];
    stream.read_exact(&mut head)?;
    if head[0] != b'l' || head[3] != 1 {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let (body_length, serial, fields_length) = (word(4) as usize, word(8), word(12) as usize);
    let padded = (16 + fields_length).next_multiple_of(8) - 16;
    let mut rest = vec![0; padded + body_length];
    stream.read_exact(&mut rest)?;
    let whole = [&head[..], &rest].concat();
    let mut reader = Reader { bytes: &whole[..16 + fields_length], at: 12 };
    let fields = reader.value("a(yv)")?;
    let field = |code: u8| {
        let found = fields.elements().iter().find(|field| field.elements()[0] == Value::Byte(code));
        found.map(|field| field.elements()[1].text().to_owned()).unwrap_or_default()
    };
    let is_call = head[1] == 1;
    let method = if is_call { format!("{}.{}", field(2), field(3)) } else { String::new() };
    let signature = field(8);
    let arguments = Reader::new(&whole[16 + padded..]).all(&signature)?;
    Ok(Call { serial, destination: field(6), path: field(1), method, signature, arguments })
}

/// Returns the bytes of an answer; with the name of an error, of that.
pub(super) fn answer(to: u32, serial: u32, error: Option<&str>, signature: &str, values: &[Value]) -> Vec<u8> {
    let variant = |signature: &str, value: Value| Value::Variant(Box::new((signature.to_owned(), value)));
    let mut fields =
        vec![(5, variant("u", Value::U32(to))), (7, variant("s", Value::Text("org.freedesktop.DBus".into())))];
    if let Some(error) = error {
        fields.push((4, variant("s", Value::Text(error.to_owned()))));
    }
    if !signature.is_empty() {
        fields.push((8, variant("g", Value::Signature(signature.to_owned()))));
    }
    let fields = fields.into_iter().map(|(code, value)| Value::Fields(vec![Value::Byte(code), value])).collect();
    let mut body = Vec::new();
    write(&mut body, values);
    let mut bytes = vec![b'l', if error.is_some() { 3 } else { 2 }, 1, 1];
    bytes.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend(serial.to_le_bytes());
    write(&mut bytes, &[Value::Array("(yv)".to_owned(), fields)]);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes.extend(body);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let entry = |key: &str, value: Value| Value::Fields(vec![Value::Text(key.into()), value]);
        let values = vec![
            Value::Byte(7),
            Value::Array(
                "{sv}".into(),
                vec![entry("a", Value::Variant(Box::new(("s".into(), Value::Text("é".into())))))],
            ),
            Value::Fields(vec![
                Value::Path("/s".into()),
                Value::Array("y".into(), vec![Value::Byte(0), Value::Byte(255)]),
            ]),
            Value::Bool(true),
            Value::U64(1 << 40),
            Value::Array("t".into(), Vec::new()),
        ];
        let signature = "ya{sv}(oay)btat";
        let mut bytes = Vec::new();
        write(&mut bytes, &values);
        assert_eq!(Reader::new(&bytes).all(signature).expect("read"), values);
        assert_eq!(types(signature), ["y", "a{sv}", "(oay)", "b", "t", "at"]);
        assert!(Reader::new(&bytes[..bytes.len() - 5]).all(signature).is_err());
    }
}
