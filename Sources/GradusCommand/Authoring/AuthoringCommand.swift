/// A command that changes the schema's files, all of them or none, and no database but scratch ones.
protocol AuthoringCommand {}
