import Testing

@testable import HomeserverSchema

/// Names as they are searched: what Python's `unicodedata.normalize("NFKC", name.lower())` gives.
@Suite struct SearchTextTests {
  @Test(arguments: [
    ("", ""), ("Bob SMITH", "bob smith"), ("İstanbul", "i\u{307}stanbul"), ("Straße", "straße"), ("ẞ", "ß"),
    ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"), ("Σ", "σ"), ("ΑΣ.", "ας."), ("ΑΣ\u{301}Β", "ασ\u{301}β"), ("ΑΣ Β", "ας β"),
    ("ΣΣ", "σς"), ("1Σ", "1σ"),
    ("ﬁne ﬂag ﬅ", "fine flag st"), ("Ｆｕｌｌ１", "full1"), ("e\u{301}", "é"), ("É", "é"), ("Ω", "ω"), ("ŉ", "ʼn"),
    ("ﷺ", "صلى الله عليه وسلم"),
    ("①½", "11⁄2"), ("ǅ", "dž"), ("K\u{212A}", "kk"), ("ſ", "s"), ("\u{1F1E6}👩‍👩‍👧", "\u{1F1E6}👩‍👩‍👧"), ("가", "가"),
    ("\u{1100}\u{1161}", "가"), ("q\u{307}\u{323}", "q\u{323}\u{307}"), ("A\tB\u{A0}C", "a\tb c"),
    ("ᏣᎳᎩ", "ꮳꮃꭹ"),
  ])
  func normalized(_ name: String, _ expected: String) {
    #expect(
      Array(SearchText.normalized(name).unicodeScalars) == Array(expected.unicodeScalars), "\(name)")
  }

  @Test(arguments: [
    ("@bob:hs.test", "bob", "hs.test"), ("@a:b:8448", "a", "b:8448"), ("@:x", "", "x"), ("bob", "ob", ""),
    ("@e\u{301}:é", "e\u{301}", "é"), ("@\u{301}x:y", "\u{301}x", "y"),
    ("@\u{301}x", "\u{301}x", ""),
  ])
  func parts(_ id: String, _ localpart: String, _ domain: String) {
    let parts = UserIDText.split(id)
    #expect(Array(parts.localpart.unicodeScalars) == Array(localpart.unicodeScalars))
    #expect(Array(parts.domain.unicodeScalars) == Array(domain.unicodeScalars))
  }
}
