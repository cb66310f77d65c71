#include "base/shown.hpp"
#include "origin/origin.hpp"

namespace pinnace::origin {

namespace {

/// What strangers wrote, as shown() has it: the cut takes some bytes.
constexpr json::Limits k_text{.length = k_max_text + 200};
constexpr json::Limits k_many{.count = 20'000};

}  // namespace

std::string shown(std::string_view text) {
  return base::shortened(base::printable(text.substr(0, 2 * k_max_text)), k_max_text);
}

json::Table<Commit> Commit::table() {
  return {"TraceResult.Commit",
          "A commit.",
          {{"id", &Commit::id, "40 or 64 digits.", k_text},
           {"date", &Commit::date, "Of the author, ISO 8601.", k_text},
           {"author", &Commit::author, "Their name.", k_text},
           {"subject", &Commit::subject, "Its first line.", k_text}}};
}

json::Table<Input> Input::table() {
  return {
      "TraceResult.Input",
      "Something that a build took.",
      {{"name", &Input::name, "What it was for, or its file; empty: not said.", k_text},
       {"uri", &Input::uri, "Where it is from; empty: not said.", k_text},
       {"digest", &Input::digest, "\"sha256:1f2e\", \"gitCommit:1f2e\"; empty: not said.", k_text},
       {"entry", &Input::entry, "The name that the lock has for it; null: none.", k_text},
       {"since", &Input::since, "Which made it what it is; null: not known."}}};
}

json::Table<Build> Build::table() {
  return {"TraceResult.Build",
          "What one provenance says of the build. Null: it does not say.",
          {{"where", &Build::where, "Where that is said.", k_text},
           {"signed", &Build::is_signed, "By a key that verify looks at."},
           {"type", &Build::type, "A URI: what its parameters mean.", k_text},
           {"repository", &Build::repository, "Of the source.", k_text},
           {"revision", &Build::revision, "Of the source.", k_text},
           {"directory", &Build::directory, "Of the context, in the repository.", k_text},
           {"dirty", &Build::dirty, "Whether files differed from the revision."},
           {"builder", &Build::builder, "A URI: who is responsible for what is said.", k_text},
           {"job", &Build::job, "Of the build server.", k_text},
           {"build", &Build::build, "Its number.", k_text},
           {"url", &Build::url, "Of the same.", k_text},
           {"definition", &Build::definition, "The name of one of the inputs.", k_text},
           {"lock", &Build::lock, "The name of one of the inputs.", k_text},
           {"inputs", &Build::inputs, "What it took.", k_many},
           {"complete", &Build::complete, "Whether that is all."},
           {"notRecorded",
            &Build::not_recorded,
            "What else it took, or may have taken.",
            {.length = k_max_text + 200, .count = 1000}},
           {"note", &Build::note, "Why no commits are named; null: they are, or nobody asked.",
            k_text}}};
}

json::Table<Base> Base::table() {
  return {"TraceResult.Base",
          "What the image says that it was built on (org.opencontainers.image.base.*).",
          {{"name", &Base::name, "Null: it does not say.", k_text},
           {"digest", &Base::digest, "Null: it does not say.", k_text},
           {"layers", &Base::layers, "How many layers are the base's; null: not known."},
           {"entry", &Base::entry, "The name that the lock has for it; null: not known.", k_text},
           {"since", &Base::since, "Which made it what it is in the lock; null: not known."}}};
}

json::Table<Layer> Layer::table() {
  return {"TraceResult.Layer",
          "A layer.",
          {{"digest", &Layer::digest, "Of the compressed bytes.", json::k_digest},
           {"size", &Layer::size, "Of the same."},
           {"owner", &Layer::owner, "\"base\", or \"own\": of what was built on it."},
           {"instruction", &Layer::instruction, "That made it; null: not said.", k_text},
           {"packages", &Layer::packages, "How many of the image's packages it brought."}}};
}

json::Table<Artifact> Artifact::table() {
  return {"TraceResult.Artifact",
          "A Java archive or program that no package of the system brought.",
          {{"path", &Artifact::path, "Relative to the root.", k_text},
           {"digest", &Artifact::digest, "Of the file; null: it was too large.", json::k_digest},
           {"purl", &Artifact::purl, "Package URL; null: it does not say.", k_text},
           {"layer", &Artifact::layer, "That it is in: 0 is the lowest."}}};
}

json::Table<Count> Count::table() {
  return {"TraceResult.Count",
          "How many packages of a type there are.",
          {{"type", &Count::type, "As package URLs have it.", k_text},
           {"count", &Count::count, "In the image."},
           {"ofBase", &Count::of_base, "Of these, from the base; null: not known."}}};
}

json::Table<Answer> Answer::table() {
  return {"TraceResult.Answer",
          "A package or file that was asked for.",
          {{"path", &Answer::path, "Of a package, the file that tells of it.", k_text},
           {"digest", &Answer::digest, "Of a file's content; null: none.", json::k_digest},
           {"purl", &Answer::purl,
            "Package URL; of a file, of the package that has it; null: none.", k_text},
           {"layer", &Answer::layer, "That it is from: 0 is the lowest."},
           {"owner", &Answer::owner, "Whose layer that is."},
           {"entry", &Answer::entry, "Of the lock, that it came by; null: not known.", k_text},
           {"since", &Answer::since, "Which made that what it is; null: not known."}}};
}

}  // namespace pinnace::origin
