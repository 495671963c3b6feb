import ArgumentParser
import Foundation

/// Asks for what no flag says, where somebody is there to answer.
struct Questions {
  /// Whether somebody is.
  let isInteractive: Bool
  /// Shows a question, and reads a line.
  var ask: (String) async -> String? = { question in
    Terminal.draw(question)
    return await InputLine.read()
  }

  /// What the flag says, or else what is answered, or else the default.
  ///
  /// - Throws: `ValidationError` where there is none of these; `CancellationError`.
  func answer(
    _ given: String?, _ question: String, flag: String, default usual: String? = nil
  ) async throws -> String {
    if let given { return given }
    guard isInteractive else {
      if let usual { return usual }
      throw ValidationError("\(flag) is missing: \(question)")
    }
    while let line = await ask("\(question)\(usual.map { " [\($0)]" } ?? ""): ") {
      try Task.checkCancellation()
      let answer = line.trimmingCharacters(in: .whitespaces)
      if let text = answer.isEmpty ? usual : answer { return text }
    }
    try Task.checkCancellation()
    throw ValidationError("\(flag) is missing: \(question)")
  }
}
