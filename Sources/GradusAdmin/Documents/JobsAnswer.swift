import GradusUpdates

/// What `GET jobs` answers.
struct JobsAnswer: Encodable {
  struct Parameter: Encodable {
    var name: String
    var type: AdminJobParameter.Kind
    var nullable: Bool
    var description: String
  }

  struct Job: Encodable {
    var name: String
    var description: String
    var parameters: [Parameter]
  }

  var format = 1
  var jobs: [Job]

  init(_ jobs: [AdminJob]) {
    self.jobs = jobs.map { job in
      Job(
        name: job.name, description: job.description,
        parameters: job.parameters.map {
          Parameter(name: $0.name, type: $0.type, nullable: $0.isNullable, description: $0.description)
        })
    }
  }
}
