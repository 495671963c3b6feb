import Foundation
import GradusTestSupport
import ProgramTestSupport
import Testing

/// The shells' completions, asked as a shell asks.
@Suite struct CompletionTests {
  /// What bash offers for the last of these words.
  private func completions(_ words: String...) async throws -> Set<String> {
    var offered: Set<String> = []
    try await Sandbox.with(.shop()) { sandbox in
      let script = """
        gradus --generate-completion-script bash > gradus.bash && bash -n gradus.bash && . ./gradus.bash || exit 1
        COMP_WORDS=(\(words.map { "'\($0)'" }.joined(separator: " "))); COMP_CWORD=\(words.count - 1)
        COMP_LINE='\(words.joined(separator: " "))'; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9; COMP_KEY=9
        complete -p gradus | grep -q -- '-F _gradus' || exit 2
        _gradus gradus '\(words.last ?? "")' '\(words.dropLast().last ?? "")'
        printf '%s\\n' "${COMPREPLY[@]}"
        """
      let result = try await sandbox.run(script)
      #expect(result.code == 0 && result.messages.isEmpty, "\(result)")
      offered = Set(
        result.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
    }
    return offered
  }

  @Test func commandsAndFlags() async throws {
    #expect(try await completions("gradus", "upd") == ["updates"])
    #expect(try await completions("gradus", "updates", "pri") == ["prioritize"])
    #expect(try await completions("gradus", "plan", "--wor") == ["--worker"])
  }

  @Test func values() async throws {
    #expect(try await completions("gradus", "plan", "--format", "") == ["text", "json"])
    #expect(try await completions("gradus", "explain", "C0").isSuperset(of: ["C01", "C09"]))
    #expect(try await completions("gradus", "new", "update", "x", "--kind", "back") == ["backfill"])
  }

  @Test func updatesOfTheSchema() async throws {
    #expect(try await completions("gradus", "updates", "pause", "fill") == ["fill_totals"])
  }

  @Test func filesAndFolders() async throws {
    #expect(try await completions("gradus", "plan", "--schema-root", "del") == ["delta"])
    #expect(try await completions("gradus", "plan", "--database", "shop.").contains("shop.db"))
  }

  @Test(arguments: ["zsh", "fish"]) func otherShells(_ shell: String) async throws {
    try await Sandbox.with(.empty) { sandbox in
      let result = try await sandbox.run(
        "gradus --generate-completion-script \(shell) > script && cat script")
      #expect(result.code == 0 && result.output.contains("prioritize"), "\(result)")
      // Read by the shell itself, where it is installed.
      let check = try await sandbox.run("command -v \(shell) >/dev/null || exit 0; \(shell) -n script")
      #expect(check.code == 0, "\(check)")
    }
  }
}
