import GradusUpdates

/// The jobs of an application and what they take, for people.
enum JobList {
  static func text(_ jobs: [AdminJob]) -> String {
    guard !jobs.isEmpty else {
      return "there are no jobs: an application that embeds these commands brings its own"
    }
    return jobs.map { job in
      ([job.name + ": " + job.description]
        + job.parameters.map { parameter in
          let kind = parameter.type == .integer ? "NUMBER" : "TEXT"
          let need = parameter.isNullable ? "" : " Required."
          return "  --\(parameter.name) \(kind): \(parameter.description)\(need)"
        }).joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
