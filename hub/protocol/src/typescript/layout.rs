//! Lays out declarations for people: ts-rs writes each on one line. Reads the few forms that it
//! writes (names, objects, unions, intersections), and breaks what is longer than a line.

use std::fmt;

const WIDTH: usize = 100;

/// `export type Name = …;`, with its comment.
pub(super) struct Declaration {
    about: Option<String>,
    name: String,
    pub(super) of: Type,
}

#[derive(Debug)]
pub(super) enum Type {
    /// A name, a literal, or anything else that has no parts to lay out.
    Name(String),
    Object(Vec<Field>),
    Union(Vec<Type>),
    Both(Vec<Type>),
}

#[derive(Debug)]
pub(super) struct Field {
    about: Option<String>,
    /// With its question mark, where it has one.
    name: String,
    of: Type,
}

impl Declaration {
    /// Reads what ts-rs says: `type Name = …;`.
    pub(super) fn read(about: Option<&str>, text: &str) -> Self {
        let (name, of) = text.trim_start_matches("type ").split_once(" = ").expect(text);
        let mut reader = Reader { rest: of.trim_end_matches(';') };
        let of = reader.union();
        assert_eq!(reader.rest.trim(), "", "{text}");
        let about = about.and_then(|about| Reader { rest: about }.comment());
        Self { about, name: name.to_owned(), of }
    }
}

impl Type {
    /// Calls `each` with the name and the type of every field.
    pub(super) fn fields(&self, each: &mut impl FnMut(&str, &Type)) {
        match self {
            Self::Name(_) => {}
            Self::Object(fields) => fields.iter().for_each(|field| {
                each(field.name.trim_end_matches('?'), &field.of);
                field.of.fields(each);
            }),
            Self::Union(parts) | Self::Both(parts) => {
                parts.iter().for_each(|part| part.fields(each));
            }
        }
    }

    /// On one line, unless a comment is in the way.
    fn flat(&self) -> Option<String> {
        let all = |parts: &[Type], between: &str| {
            let parts: Option<Vec<_>> = parts.iter().map(|part| part.inner(part.flat()?)).collect();
            parts.map(|parts| parts.join(between))
        };
        match self {
            Self::Name(name) => Some(name.clone()),
            Self::Object(fields) if fields.is_empty() => Some("{}".to_owned()),
            Self::Object(fields) => {
                let fields: Option<Vec<_>> = fields
                    .iter()
                    .map(|field| match field.about {
                        Some(_) => None,
                        None => Some(format!("{}: {}", field.name, field.of.flat()?)),
                    })
                    .collect();
                Some(format!("{{ {} }}", fields?.join("; ")))
            }
            Self::Union(parts) => all(parts, " | "),
            Self::Both(parts) => all(parts, " & "),
        }
    }

    /// A union inside another type needs its parentheses.
    fn inner(&self, text: String) -> Option<String> {
        Some(match self {
            Self::Union(_) => format!("({text})"),
            _ => text,
        })
    }

    fn laid_out(&self, indent: usize, used: usize) -> String {
        if let Some(flat) = self.flat().filter(|flat| used + flat.len() <= WIDTH) {
            return flat;
        }
        let margin = " ".repeat(indent);
        match self {
            Self::Name(name) => name.clone(),
            Self::Object(fields) => {
                let mut text = "{\n".to_owned();
                for Field { about, name, of } in fields {
                    if let Some(about) = about {
                        text += &commented(about, indent + 2);
                    }
                    let of = of.laid_out(indent + 2, indent + name.len() + 5);
                    text += &format!("{margin}  {name}: {of};\n");
                }
                text + &margin + "}"
            }
            Self::Union(parts) => parts.iter().fold(String::new(), |text, part| {
                let part = part.laid_out(indent + 4, indent + 4);
                text + &format!("\n{margin}  | {part}")
            }),
            Self::Both(parts) => {
                let parts: Vec<_> = parts
                    .iter()
                    .map(|part| match part {
                        Self::Union(_) => format!("({}\n{margin})", part.laid_out(indent, WIDTH)),
                        _ => part.laid_out(indent, used),
                    })
                    .collect();
                parts.join(" & ")
            }
        }
    }
}

impl fmt::Display for Declaration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(about) = &self.about {
            f.write_str(&commented(about, 0))?;
        }
        let head = format!("export type {} =", self.name);
        let of = self.of.laid_out(0, head.len() + 2);
        let gap = if of.starts_with('\n') { "" } else { " " };
        writeln!(f, "{head}{gap}{of};")
    }
}

fn commented(about: &str, indent: usize) -> String {
    let margin = " ".repeat(indent);
    match about.contains('\n') {
        false => format!("{margin}/** {about} */\n"),
        true => {
            let lines = about.lines().map(|line| format!("{margin} * {line}\n"));
            format!("{margin}/**\n{}{margin} */\n", lines.collect::<String>())
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn eat(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_start();
        let eaten = rest.strip_prefix(token);
        self.rest = eaten.unwrap_or(rest);
        eaten.is_some()
    }

    fn comment(&mut self) -> Option<String> {
        if !self.eat("/**") {
            return None;
        }
        let (comment, rest) = self.rest.split_once("*/").expect(self.rest);
        self.rest = rest;
        let lines = comment.lines().map(|line| line.trim().trim_start_matches('*').trim());
        Some(lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n"))
    }

    fn union(&mut self) -> Type {
        self.list("|", Self::both, Type::Union)
    }

    fn both(&mut self) -> Type {
        self.list("&", Self::term, Type::Both)
    }

    fn list(
        &mut self,
        between: &str,
        part: fn(&mut Self) -> Type,
        of: fn(Vec<Type>) -> Type,
    ) -> Type {
        let mut parts = vec![part(self)];
        while self.eat(between) {
            parts.push(part(self));
        }
        if parts.len() > 1 { of(parts) } else { parts.remove(0) }
    }

    fn term(&mut self) -> Type {
        if self.eat("(") {
            let inner = self.union();
            assert!(self.eat(")"), "{}", self.rest);
            return inner;
        }
        if !self.eat("{") {
            return Type::Name(self.name());
        }
        let mut fields = Vec::new();
        while !self.eat("}") {
            let about = self.comment();
            let (name, rest) = self.rest.split_once(':').expect(self.rest);
            let name = name.trim().replace('"', "");
            self.rest = rest;
            fields.push(Field { about, name, of: self.union() });
            self.eat(",");
        }
        Type::Object(fields)
    }

    /// Up to the end of the term; commas inside `<…>` belong to it.
    fn name(&mut self) -> String {
        let mut depth = 0;
        let end = self.rest.char_indices().find(|(_, c)| {
            depth += i32::from(*c == '<') - i32::from(*c == '>');
            depth == 0 && matches!(c, ',' | '|' | '&' | '}' | ')')
        });
        let (name, rest) = self.rest.split_at(end.map_or(self.rest.len(), |(at, _)| at));
        self.rest = rest;
        let name = name.trim().replace('"', "'");
        // ts-rs lets an empty object have any text for a key.
        if name == "Record<symbol, never>" { "Record<string, never>".to_owned() } else { name }
    }
}
