import Foundation
import ProgramTestSupport
import Testing

/// Names of targets, which are one namespace over all packages of a program.
@Suite struct ModuleNameTests {
  /// A program cannot be built of two packages that have a target of one name, and C libraries are called alike in many:
  /// sqlite-nio, for one, has a CSQLite.
  @Test func thoseOfCLibrariesAreTheProjectsOwn() throws {
    let package = try String(
      contentsOf: BuiltProgram.packageRoot.appending(path: "Package.swift"), encoding: .utf8)
    let names = package.matches(of: /\.systemLibrary\(\s*name: "(\w+)"/).map { String($0.1) }
    #expect(names.count == 3)
    #expect(names.allSatisfy { $0.hasPrefix("CGradus") }, "\(names)")
  }
}
