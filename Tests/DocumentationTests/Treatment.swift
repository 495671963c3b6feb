/// How the tests treat shown commands that cannot just be run in the page's sandbox and end with 0.
enum Treatment: Sendable {
  /// Ends with another code than 0: what the page says of it.
  case exits(Int32)
  /// Only read by the program's own parser, for this reason.
  case parsed(String)

  /// By the page and the command; each must be shown there.
  static let exceptions: [String: [String: Treatment]] = [
    "README.md": [
      "gradus plan": .exits(2),
      "gradus plan --sql": .exits(2),
      "gradus serve --token-file tokens": .parsed(serves),
    ],
    "Sources/Gradus/Gradus.docc/AdminAPI.md": [
      "gradus serve --database postgres://... --token-file /etc/gradus/tokens": .parsed(serves),
      "homeserver serve --listen unix:/run/homeserver/admin.sock --socket-mode 660": .parsed(serves),
    ],
    "Sources/Gradus/Gradus.docc/BackgroundUpdates.md": [
      "gradus updates start JOB --PARAM VALUE": .parsed("the program without an application has no jobs"),
      "gradus serve": .parsed(serves),
    ],
    "Sources/Gradus/Gradus.docc/CompatChecks.md": [
      "gradus schema diff 87 88": .exits(2)
    ],
    "Sources/Gradus/Gradus.docc/CompatFloor.md": [
      "gradus queries compare --database postgres://...": .exits(2)
    ],
    "Sources/Gradus/Gradus.docc/PlanningAChange.md": [
      // What has been begun is not complete: queries and columns are to be written, and the database to be migrated.
      "gradus check --base main": .exits(2),
      "gradus check compat": .exits(2),
      "gradus plan": .exits(2),
      "gradus status": .exits(2),
    ],
    "Sources/Gradus/Gradus.docc/Operating.md": [
      "gradus plan --sql": .exits(2),
      "gradus serve": .parsed(serves),
    ],
  ]

  private static let serves = "it runs until it is stopped; ServeTests do so"

  /// What stands for something of the reader's own, and what the sandbox has in its place.
  static let placeholders: [(shown: String, used: String)] = [
    ("postgres://...", "\"$SANDBOX_POSTGRES\""),
    ("postgres://localhost/postgres", "\"$SANDBOX_SCRATCH\""),
    ("postgres://localhost/shop", "\"$SANDBOX_POSTGRES\""),
    ("postgres://localhost/homeserver", "\"$SANDBOX_POSTGRES_2\""),
    ("/etc/homeserver/", "$SANDBOX/"),
    ("<public key>", "$SANDBOX_KEY"),
    ("'!room:example.org'", "\"$SANDBOX_ROOM\""),
    ("@user:example.org", "@user0:example.org"),
    ("@alice:example.org", "@user0:example.org"),
    ("~/", "$SANDBOX/"),
    (" [NAME]", ""),
  ]
}
