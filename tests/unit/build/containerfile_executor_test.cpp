#include "containerfile_fixture.hpp"

namespace pinnace::build {
namespace {

using ContainerfileExecutorTest = ContainerfileFixture;

TEST_F(ContainerfileExecutorTest, DirectoriesOfWorkdirBelongToTheUser) {
  put_base({entry(EntryType::directory, "etc"),
            entry(EntryType::file, "etc/passwd", "root:x:0:0:::\nweb:x:33:34:::\n"),
            entry(EntryType::directory, "srv")});
  EXPECT_EQ(build_and_list("FROM base\nUSER web\nWORKDIR /srv/a/b\nUSER 5:6\nWORKDIR c\n"),
            (Listing{"755 7:8 srv/", "755 33:34 srv/a/", "755 33:34 srv/a/b/", "--", "755 7:8 srv/",
                     "755 33:34 srv/a/", "755 33:34 srv/a/b/", "755 5:6 srv/a/b/c/"}));
  EXPECT_EQ(error_of("FROM base\nUSER nobody\nWORKDIR /x\n"),
            "f:3:1: USER nobody: \"nobody\" is not in /etc/passwd of the stage");
}

TEST_F(ContainerfileExecutorTest, ALayerForEachCopyAndItsHistory) {
  write("a", "A");
  write("run", "R", 0750);
  const output::BuildResult result =
      build("FROM scratch\nCOPY a /x\nENV E=1\nWORKDIR /w\nCOPY a run ./\nWORKDIR /w\nUSER 1\n");
  EXPECT_EQ(list(result), (Listing{"644 0:0 x = A", "--", "755 0:0 w/", "--", "755 0:0 w/",
                                   "644 0:0 w/a = A", "755 0:0 w/run = R"}));
  const auto config =
      oci::Config::parse(store::read_blob(*m_target, {}, result.images[0].config, 100'000));
  EXPECT_EQ(config.diff_ids().size(), 3U);
  std::string history;
  for (const json& line : config.json().at("history"))
    history += line.at("created_by").get<std::string>() +
               (line.value("empty_layer", false) ? " (empty); " : "; ");
  EXPECT_EQ(history,
            "COPY a /x; ENV E=1 (empty); WORKDIR /w; COPY a run ./; WORKDIR /w (empty); USER 1 "
            "(empty); ");
  EXPECT_EQ(config.json().at("created"), "1970-01-01T00:00:00Z");
}

TEST_F(ContainerfileExecutorTest, WhatGoesWhere) {
  write("f", "F");
  write("d/g", "G");
  write("d/s/h", "H");
  const std::vector<std::pair<std::string, Listing>> cases = {
      {"COPY f /x", {"644 0:0 x = F"}},
      {"COPY f /x/", {"755 0:0 x/", "644 0:0 x/f = F"}},
      {"COPY d /x", {"755 0:0 x/", "644 0:0 x/g = G", "755 0:0 x/s/", "644 0:0 x/s/h = H"}},
      {"COPY d /", {"644 0:0 g = G", "755 0:0 s/", "644 0:0 s/h = H"}},
      {"COPY d/* /x/", {"755 0:0 x/", "644 0:0 x/g = G", "644 0:0 x/h = H"}},
      {"COPY --parents d/*/h f /x/",
       {"755 0:0 x/", "755 0:0 x/d/", "755 0:0 x/d/s/", "644 0:0 x/d/s/h = H", "644 0:0 x/f = F"}},
      {"COPY --parents d/./s /x/", {"755 0:0 x/", "755 0:0 x/s/", "644 0:0 x/s/h = H"}},
      {"COPY --parents **/h /", {"755 0:0 d/", "755 0:0 d/s/", "644 0:0 d/s/h = H"}},
      {"COPY --exclude=s d /x", {"755 0:0 x/", "644 0:0 x/g = G"}},
      {"COPY --exclude=**/h --exclude=f d f /x/",
       {"755 0:0 x/", "644 0:0 x/g = G", "755 0:0 x/s/"}},
      {"COPY --chown=5:6 --chmod=u=rwX,go= d/s /n/x",
       {"755 5:6 n/", "755 5:6 n/x/", "600 5:6 n/x/h = H"}},
      {"COPY <<one <<two /x/\n1\none\n2\ntwo",
       {"755 0:0 x/", "644 0:0 x/one = 1\n", "644 0:0 x/two = 2\n"}},
  };
  for (const auto& [instruction, expected] : cases)
    EXPECT_EQ(build_and_list("FROM scratch\n" + instruction + "\n"), expected) << instruction;
}

TEST_F(ContainerfileExecutorTest, OnABaseLinksAreFollowedAndParentsKept) {
  put_base({entry(EntryType::directory, "usr/bin"), entry(EntryType::symlink, "bin", "usr/bin"),
            entry(EntryType::file, "etc/passwd", "web:x:33:34:w:/:\n")});
  write("f", "F");
  EXPECT_EQ(build_and_list("FROM base\nCOPY --chown=web f /bin\n"),
            (Listing{"755 0:0 usr/", "755 7:8 usr/bin/", "644 33:34 usr/bin/f = F"}));
  EXPECT_EQ(error_of("FROM base\nCOPY --chown=nobody f /bin\n"),
            "f:2:1: --chown=nobody: \"nobody\" is not in /etc/passwd of the stage");
  EXPECT_EQ(build("FROM base\nUSER 1\n").images[0].layers.size(), 1U);
}

TEST_F(ContainerfileExecutorTest, CopiesFromStagesAndImagesKeepOwnersAndModes) {
  put_base({entry(EntryType::directory, "d"), entry(EntryType::file, "d/f", "F"),
            entry(EntryType::symlink, "d/l", "f")});
  write("n", "N");
  EXPECT_EQ(build_and_list("FROM scratch\nCOPY --from=base /d /x\n"),
            (Listing{"755 0:0 x/", "640 7:8 x/f = F", "640 7:8 x/l -> f"}));
  EXPECT_EQ(build_and_list("FROM base AS a\nCOPY n /d/n\nFROM scratch\n"
                           "COPY --from=a /d/f /d/n /y/\n"),
            (Listing{"755 0:0 y/", "640 7:8 y/f = F", "644 0:0 y/n = N"}));
  EXPECT_EQ(build_and_list("FROM scratch\nCOPY --from=base --chown=1 --chmod=600 /d/l /y\n"),
            Listing{"600 1:1 y = F"})
      << "a link that is named is followed";
  EXPECT_EQ(error_of("FROM scratch\nCOPY --from=base /none /x\n"),
            "f:2:1: \"none\" is not in base, or an ignore file excludes it");
}

TEST_F(ContainerfileExecutorTest, AStageThatIsOnlyCopiedFromIsNotWritten) {
  write("big", std::string(100'000, 'x'));
  write("small", "s");
  const output::BuildResult result =
      build("FROM scratch AS a\nCOPY big small /\nFROM scratch\nCOPY --from=a /small /\n");
  EXPECT_EQ(result.images[0].layers.size(), 1U);
  EXPECT_EQ(list(result), Listing{"644 0:0 small = s"});
}

TEST_F(ContainerfileExecutorTest, ArchivesOfTheContextAreUnpackedByAdd) {
  base::StringSink tar;
  archive::TarWriter writer(tar);
  for (auto [one, content] :
       {entry(EntryType::directory, "d"), entry(EntryType::file, "d/f", "F"),
        entry(EntryType::hardlink, "h", "d/f"), entry(EntryType::symlink, "l", "/etc/passwd")}) {
    one.size = content.size();
    writer.add(one, base::as_bytes(content));
  }
  writer.finish();
  write("a.tar", tar.text());
  write("no.tar", "not an archive");
  EXPECT_EQ(build_and_list("FROM scratch\nADD a.tar no.tar /x/\n"),
            (Listing{"755 0:0 x/", "755 7:8 x/d/", "640 7:8 x/d/f = F", "640 7:8 x/h -> x/d/f",
                     "640 7:8 x/l -> /etc/passwd", "644 0:0 x/no.tar = not an archive"}));
  EXPECT_EQ(build_and_list("FROM scratch\nCOPY a.tar /x\n").size(), 1U);
  EXPECT_EQ(build_and_list("FROM scratch\nADD --unpack=false a.tar /x\n").size(), 1U);
  write("b.tar.lz", "LZIP\1\x0c");
  EXPECT_EQ(error_of("FROM scratch\nADD b.tar.lz /x/\n"),
            "f:2:1: \"b.tar.lz\" is compressed by lzip, which ADD does not unpack; use gzip, zstd, "
            "xz or bzip2, or --unpack=false");
  write("data.lz", "LZIP\1\x0c");
  EXPECT_EQ(build_and_list("FROM scratch\nADD data.lz /x/\n").size(), 2U) << "no archive by name";
}

/// What root file systems and GNU tar have in their archives.
TEST_F(ContainerfileExecutorTest, OddArchivesAreUnpacked) {
  base::StringSink tar;
  archive::TarWriter writer(tar);
  for (auto [one, content] :
       {entry(EntryType::file, "f", "F"), entry(EntryType::symlink, "l", "f"),
        entry(EntryType::hardlink, "hard", "l"), entry(EntryType::hardlink, "f", "f"),
        entry(EntryType::hardlink, "self", "./self"), entry(EntryType::character_device, "null"),
        entry(EntryType::block_device, "sda"), entry(EntryType::hardlink, "zero", "null"),
        entry(EntryType::file, "f", "again")}) {
    one.size = content.size();
    writer.add(one, base::as_bytes(content));
  }
  writer.finish();
  write("a.tar", tar.text());
  EXPECT_EQ(
      build_and_list("FROM scratch\nADD a.tar /x/\n"),
      (Listing{"755 0:0 x/", "640 7:8 x/f = again", "640 7:8 x/hard -> f", "640 7:8 x/l -> f"}));
  const std::string warning =
      "\"a.tar\": 3 devices are left out, as /x/null; containers have their own";
  EXPECT_EQ(std::count(m_events.lines.begin(), m_events.lines.end(), warning), 1);
}

TEST_F(ContainerfileExecutorTest, DevicesOfImagesAreNotCopied) {
  put_base({entry(EntryType::directory, "dev"), entry(EntryType::character_device, "dev/null"),
            entry(EntryType::block_device, "dev/sda"), entry(EntryType::hardlink, "n", "dev/null"),
            entry(EntryType::fifo, "pipe"), entry(EntryType::file, "f", "F")});
  EXPECT_EQ(build_and_list("FROM scratch\nCOPY --from=base / /x/\n"),
            (Listing{"755 0:0 x/", "755 7:8 x/dev/", "640 7:8 x/f = F", "640 7:8 x/pipe"}));
  const std::string warning =
      "base: 3 devices are left out, as /x/dev/null; containers have their own";
  EXPECT_EQ(std::count(m_events.lines.begin(), m_events.lines.end(), warning), 1)
      << testing::PrintToString(m_events.lines);
}

TEST_F(ContainerfileExecutorTest, HardLinksStayLinks) {
  put_base({entry(EntryType::file, "d/a", "A"), entry(EntryType::hardlink, "d/b", "d/a"),
            entry(EntryType::file, "d/c", "A")});
  EXPECT_EQ(build_and_list("FROM scratch\nCOPY --from=base /d /\n"),
            (Listing{"640 7:8 a = A", "640 7:8 b -> a", "640 7:8 c = A"}));
}

TEST_F(ContainerfileExecutorTest, LinkedCopiesReplaceLinksOfTheImage) {
  put_base({entry(EntryType::directory, "usr/bin"), entry(EntryType::symlink, "bin", "usr/bin"),
            entry(EntryType::file, "f", "F"), entry(EntryType::directory, "tmp")});
  write("x", "X");
  EXPECT_EQ(build_and_list("FROM base\nCOPY x /bin/x\n").back(), "644 0:0 usr/bin/x = X");
  EXPECT_EQ(build_and_list("FROM base\nCOPY --link x /bin/x\n"),
            (Listing{"755 0:0 bin/", "644 0:0 bin/x = X"}));
  EXPECT_EQ(build_and_list("FROM base\nCOPY --link x /f/\n"),
            (Listing{"755 0:0 f/", "644 0:0 f/x = X"}));
  EXPECT_EQ(build_and_list("FROM base\nCOPY --link x /tmp/x\n"),
            (Listing{"755 7:8 tmp/", "644 0:0 tmp/x = X"}))
      << "a directory of the image stays as it is";
  EXPECT_EQ(build_and_list("FROM base AS a\nCOPY --link x /bin/x\nCOPY x /bin/y\n").back(),
            "644 0:0 bin/y = X")
      << "what comes later finds the directory";
}

TEST_F(ContainerfileExecutorTest, HostileArchivesAreRefused) {
  const auto pack = [&](const std::vector<std::pair<TarEntry, std::string>>& entries) {
    base::StringSink tar;
    archive::TarWriter writer(tar);
    for (auto [one, content] : entries) {
      one.size = content.size();
      writer.add(one, base::as_bytes(content));
    }
    writer.finish();
    write("a.tar", tar.text());
    return error_of("FROM scratch\nADD a.tar /x/\n");
  };
  EXPECT_NE(pack({entry(EntryType::file, "../x", "F")}).find("f:2:1: "), std::string::npos);
  EXPECT_NE(pack({entry(EntryType::symlink, "l", "/etc"), entry(EntryType::file, "l/x", "F")})
                .find("would be inside of x/l, which is no directory"),
            std::string::npos);
  EXPECT_NE(pack({entry(EntryType::hardlink, "l", "/etc/passwd")})
                .find("is a hard link to /etc/passwd, where the archive has no file"),
            std::string::npos);
  EXPECT_NE(pack({entry(EntryType::file, "d/.wh.x", "")}).find("mean deleted files"),
            std::string::npos);
  EXPECT_NE(pack({entry(EntryType::hardlink, "l", "d"), entry(EntryType::directory, "d")})
                .find("where the archive has no file"),
            std::string::npos);
  EXPECT_NE(pack({entry(EntryType::symlink, "a", "b"), entry(EntryType::symlink, "b", "a"),
                  entry(EntryType::file, "a/x", "F")})
                .find("goes through more than 40 links"),
            std::string::npos);
  EXPECT_NE(pack({entry(EntryType::file, ".wh.d/x", "")}).find("mean deleted files"),
            std::string::npos);
  EXPECT_NE(pack({entry(EntryType::fifo, "pipe")}).find("only files, directories"),
            std::string::npos);
}

TEST_F(ContainerfileExecutorTest, NothingOutsideOfTheContextOrImageIsRead) {
  files::write_file_atomically(m_directory.path() / "secret", "S");
  write("f", "F");
  fs::create_symlink("../secret", m_directory.path() / "context/out");
  fs::create_symlink((m_directory.path() / "secret").string(),
                     m_directory.path() / "context/absolute");
  EXPECT_NE(error_of("FROM scratch\nCOPY out /x\n"), "no error");
  EXPECT_NE(error_of("FROM scratch\nCOPY absolute /x\n"), "no error");
  EXPECT_EQ(error_of("FROM scratch\nCOPY ../secret /x\n"),
            "f:2:1: \"secret\" is not in the context " + (m_directory.path() / "context").string() +
                ", or an ignore file excludes it");
  put_base({entry(EntryType::symlink, "etc", m_directory.path().string()),
            entry(EntryType::symlink, "p", "../../../../secret")});
  EXPECT_NE(error_of("FROM scratch\nCOPY --from=base /etc/secret /x\n"), "no error");
  EXPECT_NE(error_of("FROM scratch\nCOPY --from=base /p /x\n"), "no error");
  EXPECT_NE(error_of("FROM base\nCOPY --chown=root f /x\n"), "no error");
}

TEST_F(ContainerfileExecutorTest, TheIgnoreFileOfTheContainerfileGoesFirst) {
  write("a.md", "A");
  write("b.txt", "B");
  write(".dockerignore", "*.md\n");
  EXPECT_EQ(build_and_list("FROM scratch\nCOPY *.* /\n"),
            (Listing{"644 0:0 .dockerignore = *.md\n", "644 0:0 b.txt = B"}));
  EXPECT_NE(error_of("FROM scratch\nCOPY a.md /\n").find("an ignore file excludes it"),
            std::string::npos);
  write("f.dockerignore", "*\n!a.md\n");
  EXPECT_EQ(build_and_list("FROM scratch\nCOPY . /\n"), Listing{"644 0:0 a.md = A"});
}

TEST_F(ContainerfileExecutorTest, NoLinkLeadsToWhatIsIgnored) {
  write("secret/key", "K");
  write("open/a", "A");
  write("open/b.key", "B");
  const auto link = [&](const char* target, const char* name) {
    fs::create_symlink(target, m_directory.path() / "context" / name);
  };
  link("secret/key", "to_file");
  link("secret", "to_directory");
  link("./open/../secret", "winding");
  link("open", "to_open");
  link("open", "hidden");
  link(".", "here");
  link("loop", "loop");
  write(".dockerignore", "secret\n**/*.key\nhidden\n");
  for (const char* source :
       {"to_file", "to_directory", "to_directory/key", "to_director*/k*", "winding", "winding/key",
        "to_open/b.key", "hidden", "hidden/a", "here/secret/key", "here/to_file"}) {
    EXPECT_EQ(error_of("FROM scratch\nCOPY " + std::string(source) + " /x/\n"),
              "f:2:1: \"" + std::string(source) + "\" is not in the context " +
                  (m_directory.path() / "context").string() + ", or an ignore file excludes it");
  }
  EXPECT_NE(error_of("FROM scratch\nCOPY loop /x/\n"), "no error");
  EXPECT_EQ(build_and_list("FROM scratch\nCOPY to_open /x\n"),
            (Listing{"755 0:0 x/", "644 0:0 x/a = A"}));
  EXPECT_EQ(build_and_list("FROM scratch\nCOPY here/to_open/a /\n"), Listing{"644 0:0 a = A"});
  const Listing all = build_and_list("FROM scratch\nCOPY here /\n");
  EXPECT_EQ(std::count(all.begin(), all.end(), "644 0:0 open/a = A"), 1);
  for (const std::string& line : all)
    EXPECT_EQ(line.find("key ="), std::string::npos) << line << " is ignored";
}

TEST_F(ContainerfileExecutorTest, TwoStarsAreOneWithoutParents) {
  write("a.c", "0");
  write("d/b.c", "1");
  write("d/e/c.c", "2");
  EXPECT_EQ(build_and_list("FROM scratch\nCOPY **/*.c /\n"), Listing{"644 0:0 b.c = 1"});
  EXPECT_EQ(build_and_list("FROM scratch\nCOPY a** **.c /\n"), Listing{"644 0:0 a.c = 0"});
  EXPECT_EQ(build_and_list("FROM scratch\nCOPY --parents **/*.c /x/\n"),
            (Listing{"755 0:0 x/", "644 0:0 x/a.c = 0", "755 0:0 x/d/", "644 0:0 x/d/b.c = 1",
                     "755 0:0 x/d/e/", "644 0:0 x/d/e/c.c = 2"}));
}

TEST_F(ContainerfileExecutorTest, ManyStarsEnd) {
  std::string path;
  for (int i = 0; i < 40; ++i) path += "d/";
  write(path + "x", "X");
  std::string pattern = "**";
  for (int i = 0; i < 20; ++i) pattern += "/d/**";
  EXPECT_EQ(error_of("FROM scratch\nCOPY --parents " + pattern + "/y /x/\n").substr(0, 6),
            "f:2:1:");
  EXPECT_EQ(build_and_list("FROM scratch\nCOPY --parents " + pattern + "/x /\n").back(),
            "644 0:0 " + path + "x = X");
}

TEST_F(ContainerfileExecutorTest, TheSameFilesGiveTheSameDigest) {
  const std::string text = "FROM scratch\nCOPY d /x\nWORKDIR /w\nCOPY <<E /e\n1\nE\n";
  write("d/f", "F", 0644);
  const output::BuildResult one = build(text);
  write("d/f", "F", 0664);
  fs::last_write_time(m_directory.path() / "context/d/f", fs::file_time_type::min());
  ::chmod((m_directory.path() / "context/d").c_str(), 0700);
  EXPECT_EQ(build(text).root.digest, one.root.digest) << "neither umask nor time reaches the image";
  write("d/f", "G");
  EXPECT_NE(build(text).root.digest, one.root.digest);
}

TEST_F(ContainerfileExecutorTest, FilesThatAreOpenedUpAreSaidOncePerCopy) {
  write("d/key", "K", 0600);
  write("d/other", "O", 0640);
  write("d/suid", "S", 0755);
  ::chmod((m_directory.path() / "context/d/suid").c_str(), 04755);
  const std::string warning =
      "f:2:1: d/key and 1 more are closed to others on disk and can be read by all in the image; "
      "if that is not because of a umask, say so by --chmod or --context-modes keep";
  const auto said = [&] {
    return std::count(m_events.lines.begin(), m_events.lines.end(), warning);
  };
  EXPECT_EQ(
      build_and_list("FROM scratch\nCOPY d /x\n"),
      (Listing{"755 0:0 x/", "644 0:0 x/key = K", "644 0:0 x/other = O", "4755 0:0 x/suid = S"}));
  EXPECT_EQ(said(), 1);
  build("FROM scratch\nCOPY --chmod=640 d /x\n");
  EXPECT_EQ(said(), 1) << "--chmod says what is meant";
  m_modes = tree::Modes::keep;
  const Listing kept{"755 0:0 x/", "600 0:0 x/key = K", "640 0:0 x/other = O",
                     "4755 0:0 x/suid = S"};
  EXPECT_EQ(build_and_list("FROM scratch\nCOPY d /x\n"), kept);
  EXPECT_EQ(said(), 1);
}

TEST_F(ContainerfileExecutorTest, SeveralPlatformsGetTheirImagesInOrder) {
  write("f", "F");
  const std::string text =
      "FROM scratch AS one\nCOPY f /\nFROM scratch\nARG TARGETARCH\nCOPY --from=one f /g\n"
      "WORKDIR /$TARGETARCH\n";
  m_platforms = {"linux/s390x", "linux/amd64", "linux/arm64"};
  const output::BuildResult result = build(text);
  ASSERT_EQ(result.images.size(), 3U);
  for (std::size_t i = 0; i < m_platforms.size(); ++i) {
    EXPECT_EQ(result.images[i].platform.str(), m_platforms[i]);
    const std::string line = m_platforms[i] + " f:6:1: WORKDIR /$TARGETARCH";
    EXPECT_TRUE(std::find(m_events.lines.begin(), m_events.lines.end(), line) !=
                m_events.lines.end())
        << line;
  }
  EXPECT_EQ(result.images[0].layers[0].diff_id, result.images[1].layers[0].diff_id);
  EXPECT_EQ(build(text).root.digest, result.root.digest);
  EXPECT_EQ(error_of("FROM scratch\nCOPY nothing /x\n").substr(0, 6), "linux/");
}

TEST_F(ContainerfileExecutorTest, BadInputIsAnErrorWithItsPlace) {
  write("f", "F");
  write("g", "G");
  write("d/h", "H");
  EXPECT_EQ(error_of("FROM scratch\nCOPY [fg] /x\n"),
            "f:2:1: /x would be several files; a destination that ends with \"/\" is a directory");
  EXPECT_EQ(error_of("FROM scratch\nWORKDIR /x/f\nCOPY f /x/\n"),
            "f:3:1: /x/f is a directory and can't become a file");
  EXPECT_EQ(error_of("FROM scratch\nCOPY f /x\nCOPY d /x\n"),
            "f:3:1: /x is a file and can't become a directory");
  EXPECT_EQ(error_of("FROM scratch\nCOPY f /x\nCOPY g /x/y/g\n"),
            "f:3:1: /x is a file and can't become a directory");
  put_base({entry(EntryType::directory, "etc"), entry(EntryType::file, "etc/conf", "C"),
            entry(EntryType::symlink, "link", "etc/conf")});
  for (const char* destination : {"/etc/conf", "/etc/conf/", "/link"})
    EXPECT_EQ(error_of("FROM base\nCOPY d " + std::string(destination) + "\n"),
              "f:2:1: /etc/conf is a file and can't become a directory");
  EXPECT_EQ(error_of("FROM base AS s\nFROM s\nCOPY g /etc/conf/x/y\n"),
            "f:3:1: /etc/conf is a file and can't become a directory");
  for (const char* directory : {"/etc/conf", "/etc/conf/x"})
    EXPECT_EQ(error_of("FROM base\nWORKDIR " + std::string(directory) + "\n"),
              "f:2:1: /etc/conf is no directory");
  EXPECT_FALSE(m_target->find_manifest({}, "1").has_value()) << "no tag of a failed build";
  EXPECT_EQ(error_of("FROM base\nCOPY f /etc/conf\nCOPY d /etc\nCOPY d/h /link\n"), "no error");
}

}  // namespace
}  // namespace pinnace::build
