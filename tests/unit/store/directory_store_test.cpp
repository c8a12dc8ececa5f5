#include "store/directory_store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "contract/object_store_contract.h"
#include "os/file.h"

namespace lifeboat::store {
namespace {

namespace fs = std::filesystem;

/// A store in a folder that goes when the store does.
struct StoreInFolder {
  os::TempDir folder{fs::temp_directory_path(), "lifeboat-store-"};
  DirectoryStore store{folder.path() / "vault"};
};

std::shared_ptr<ObjectStore> make_directory_store() {
  auto both = std::make_shared<StoreInFolder>();
  return {both, &both->store};
}

INSTANTIATE_TEST_SUITE_P(Directory, ObjectStoreContract, testing::Values(make_directory_store));
INSTANTIATE_TEST_SUITE_P(Directory, ExclusiveCreationContract,
                         testing::Values(make_directory_store));

class DirectoryStoreTest : public testing::Test {
 protected:
  std::vector<std::string> names() {
    std::vector<std::string> listed;
    store().list("", "", [&](const ObjectInfo& info) {
      listed.push_back(info.key.name());
      return true;
    });
    return listed;
  }
  DirectoryStore& store() { return both_.store; }
  fs::path root() const { return both_.folder.path() / "vault"; }

  StoreInFolder both_;
};

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777U;
}

TEST_F(DirectoryStoreTest, KeepsObjectsAsPrivateFilesUnderTheirNames) {
  EXPECT_EQ(store().put(ObjectKey("g1/pack/ab/abcd"), as_bytes("x")), PutResult::created);
  EXPECT_EQ(os::read_file(root() / "g1/pack/ab/abcd", 10), Bytes{'x'});
  EXPECT_EQ(mode_of(root() / "g1/pack/ab/abcd"), 0600U);
  EXPECT_EQ(mode_of(root() / "g1/pack"), 0700U);
}

TEST_F(DirectoryStoreTest, LeavesNoTemporaryFileBehind) {
  EXPECT_EQ(store().put(ObjectKey("a/b"), as_bytes("x")), PutResult::created);
  EXPECT_EQ(store().put(ObjectKey("a/b"), as_bytes("y")), PutResult::exists);
  EXPECT_EQ(std::distance(fs::directory_iterator(root() / "a"), fs::directory_iterator()), 1);
}

TEST_F(DirectoryStoreTest, ListsNoTemporaryAndNoForeignFiles) {
  EXPECT_EQ(store().put(ObjectKey("a/b"), as_bytes("x")), PutResult::created);
  for (const char* name : {".tmp-17-4-0", "Thumbs.db", "two words"}) {
    std::ofstream(root() / "a" / name) << "x";
  }
  EXPECT_EQ(names(), std::vector<std::string>{"a/b"});
}

TEST_F(DirectoryStoreTest, IsEmptyWhereNoFolderIsYet) {
  EXPECT_EQ(names(), std::vector<std::string>{});
  EXPECT_FALSE(store().find(ObjectKey("format")));
  EXPECT_FALSE(fs::exists(root())) << "reading made a folder";
}

TEST_F(DirectoryStoreTest, TakesARootWithATrailingSlash) {
  DirectoryStore same(root().string() + "//");
  EXPECT_EQ(same.put(ObjectKey("a/b"), as_bytes("x")), PutResult::created);
  EXPECT_EQ(names(), std::vector<std::string>{"a/b"});
  EXPECT_EQ(same.describe(), root().string());
}

TEST_F(DirectoryStoreTest, SeesWhatAnotherProcessPut) {
  DirectoryStore other(root());
  EXPECT_EQ(store().put(ObjectKey("a/b"), as_bytes("x")), PutResult::created);
  EXPECT_EQ(other.put(ObjectKey("a/b"), as_bytes("y")), PutResult::exists);
  EXPECT_EQ(other.get(ObjectKey("a/b"), 10), Bytes{'x'});
}

TEST_F(DirectoryStoreTest, SaysDeniedWithAHintWhereItMayNotWrite) {
  // Where not even root may.
  DirectoryStore unwritable("/sys");
  try {
    static_cast<void>(unwritable.put(ObjectKey("a/b"), as_bytes("x")));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::denied) << error.message();
    EXPECT_NE(error.message().find("/sys/a"), std::string::npos) << error.message();
    EXPECT_FALSE(error.hint().empty());
  }
}

}  // namespace
}  // namespace lifeboat::store
