#include "seal/sodium.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "seal/sha256.h"

namespace lifeboat::seal {
namespace {

class Sodium : public testing::Test {
 protected:
  Sodium() { initialize(); }
};

TEST_F(Sodium, HashesAsTheStandardsSay) {
  // FIPS 180-4's "abc"; RFC 7693's construction with a 32-byte output; SipHash-2-4-128's first
  // vector.
  EXPECT_EQ(to_hex(sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(hash({as_bytes("a"), as_bytes("bc")})),
            "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  ByteArray<16> counting{};
  for (std::size_t i = 0; i < counting.size(); ++i) counting[i] = static_cast<std::uint8_t>(i);
  EXPECT_EQ(to_hex(short_hash(SecretArray<16>(counting), {})), "a3817f04ba25a8e66df67214c7550293");
}

TEST_F(Sodium, OpensWhatItSealedAndNothingElse) {
  const SecretKey key = random_key();
  const auto nonce = random_array<24>();
  Bytes sealed;
  aead_seal(key, nonce, as_bytes("place"), as_bytes("content"), sealed);
  EXPECT_EQ(as_text(*aead_open(key, nonce, as_bytes("place"), sealed)), "content");
  EXPECT_FALSE(aead_open(key, nonce, as_bytes("other place"), sealed));
  EXPECT_FALSE(aead_open(random_key(), nonce, as_bytes("place"), sealed));
  sealed[3] ^= 1U;
  EXPECT_FALSE(aead_open(key, nonce, as_bytes("place"), sealed));
  EXPECT_FALSE(aead_open(key, nonce, {}, ByteView(sealed).first(5)));
}

TEST_F(Sodium, ASealedBoxOpensForItsRecipientAlone) {
  const BoxKey mine = box_key_from(random_key());
  const BoxKey yours = box_key_from(random_key());
  const Bytes sealed = box_seal(mine.public_key, as_bytes("for me"));
  EXPECT_EQ(as_text(*box_open(mine, sealed)), "for me");
  EXPECT_FALSE(box_open(yours, sealed));
}

TEST_F(Sodium, ASignatureFitsOneMessageAndOneKey) {
  const SigningKey key = signing_key_from(random_key());
  const auto signature = sign(key, as_bytes("message"));
  EXPECT_TRUE(signature_fits(key.public_key, as_bytes("message"), signature));
  EXPECT_FALSE(signature_fits(key.public_key, as_bytes("massage"), signature));
  EXPECT_FALSE(
      signature_fits(signing_key_from(random_key()).public_key, as_bytes("message"), signature));
}

TEST_F(Sodium, SubkeysDifferByNumberAndContext) {
  const SecretKey key = random_key();
  EXPECT_NE(subkey(key, 1, "LBsessn_").reveal(), subkey(key, 2, "LBsessn_").reveal());
  EXPECT_NE(subkey(key, 1, "LBsessn_").reveal(), subkey(key, 1, "LBwriter").reveal());
  EXPECT_THROW(static_cast<void>(subkey(key, 1, "short")), Error);
}

}  // namespace
}  // namespace lifeboat::seal
