#include "vault/sealed_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "base/error.h"
#include "base/wire.h"
#include "vault_fixture.h"

namespace lifeboat::vault {
namespace {

using ::testing::HasSubstr;

constexpr seal::StretchCost kCheap = seal::kLeastCost;
const Secret kPassphrase("correct horse canary77");
constexpr std::size_t kCommitment = 24;

ErrorKind refusal_of(std::string_view text, const Secret& passphrase) {
  try {
    static_cast<void>(open_sealed_identity(text, passphrase));
  } catch (const Error& error) {
    const std::string said = error.message() + error.hint();
    EXPECT_EQ(said.find("canary77"), std::string::npos);
    if (text.size() > 60) {
      EXPECT_EQ(said.find(text.substr(40, 12)), std::string::npos);
    }
    return error.kind();
  }
  ADD_FAILURE() << "opened";
  return ErrorKind::internal;
}

class SealedIdentity : public VaultFixture {
 protected:
  SealedIdentity()
      : identity_(capabilities_.at(Role::identity)),
        text_(seal_identity(identity_, kPassphrase, kCheap).reveal()) {}

  /// The bytes after `change`, with a checksum that fits them.
  [[nodiscard]] std::string forged(const std::function<void(Bytes&)>& change) const {
    Bytes bytes = from_base32(std::string_view(text_).substr(kSealedIdentityPrefix.size()));
    bytes.resize(bytes.size() - 8);
    change(bytes);
    constexpr ByteArray<1> kZero{};
    const auto sum = seal::hash(
        {as_bytes("lifeboat/v1/capability"), kZero, as_bytes("sealed-identity"), kZero, bytes});
    append(bytes, ByteView(sum).first(8));
    return std::string(kSealedIdentityPrefix) + to_base32(bytes);
  }

  Capability identity_;
  std::string text_;
};

TEST_F(SealedIdentity, OpensWithItsPassphraseToTheSameCapability) {
  const Capability opened = open_sealed_identity(" " + text_ + "\n", kPassphrase);
  EXPECT_EQ(opened.to_text().reveal(), identity_.to_text().reveal());
  EXPECT_TRUE(is_sealed_identity(text_));
  EXPECT_FALSE(is_sealed_identity(identity_.to_text().reveal()));
}

TEST_F(SealedIdentity, IsDeniedToAnotherPassphrase) {
  EXPECT_EQ(refusal_of(text_, Secret("correct horse canary7")), ErrorKind::denied);
  EXPECT_EQ(refusal_of(text_, Secret("")), ErrorKind::denied);
}

TEST_F(SealedIdentity, IsSealedAnewEachTime) {
  const std::string again = seal_identity(identity_, kPassphrase, kCheap).reveal();
  const std::size_t salt_end = kSealedIdentityPrefix.size() + 25;
  EXPECT_NE(again.substr(0, salt_end), text_.substr(0, salt_end));
}

TEST_F(SealedIdentity, WithAnyCharacterChangedIsSaidToBeMistyped) {
  for (std::size_t at = 0; at < text_.size(); ++at) {
    std::string wrong = text_;
    wrong[at] = wrong[at] == 'b' ? 'c' : 'b';
    EXPECT_EQ(refusal_of(wrong, kPassphrase), ErrorKind::usage) << at;
  }
  EXPECT_THROW(check_sealed_identity(text_.substr(0, text_.size() - 1)), Error);
  EXPECT_NO_THROW(check_sealed_identity(text_));
}

TEST_F(SealedIdentity, ComparesTheCommitmentBeforeItOpensAnything) {
  // Were the AEAD opened first, both would be damage.
  const std::string other = forged([](Bytes& bytes) { bytes[kCommitment] ^= 1U; });
  EXPECT_EQ(refusal_of(other, kPassphrase), ErrorKind::denied);
  const std::string damaged = forged([](Bytes& bytes) { bytes.back() ^= 1U; });
  EXPECT_EQ(refusal_of(damaged, kPassphrase), ErrorKind::corrupt);
}

TEST_F(SealedIdentity, RefusesALiarsCosts) {
  for (const auto& [at, value] : {std::pair<std::size_t, std::uint32_t>{16, 11},
                                  {16, 0},
                                  {20, (1U << 20U) + 1},
                                  {20, 0xffffffffU},
                                  {20, 7}}) {
    const std::string liar = forged([at = at, value = value](Bytes& bytes) {
      WireWriter cost;
      cost.put(value);
      std::ranges::copy(cost.bytes(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
    });
    EXPECT_EQ(refusal_of(liar, kPassphrase), ErrorKind::refused) << at << " " << value;
  }
}

TEST_F(SealedIdentity, IsMadeOfAnIdentityAndAPassphraseAlone) {
  EXPECT_THROW(static_cast<void>(seal_identity(identity_, Secret(), kCheap)), Error);
  EXPECT_THROW(
      static_cast<void>(seal_identity(capabilities_.at(Role::writer), kPassphrase, kCheap)), Error);
}

}  // namespace
}  // namespace lifeboat::vault
