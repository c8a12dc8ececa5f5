// Capability strings, identities under a passphrase, recovery sheets: docs/format/vault.md
// §3.1-3.3.
#include <algorithm>
#include <array>
#include <string>

#include "fuzz/target.h"
#include "vault/capability.h"
#include "vault/recovery_sheet.h"
#include "vault/sealed_identity.h"

using namespace lifeboat;

namespace {

/// The same with a checksum that fits: what stands in the string but the last 8 bytes.
std::string with_checksum(fuzz::Input input) {
  vault::Capability made;
  made.role = static_cast<vault::Role>(1 + input.byte() % 6);
  const ByteView bytes = input.rest();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    made.vault.bytes[i % 16] ^= bytes[i];
    made.trust_hash.bytes[i % 32] ^= bytes[i];
    made.seed.writable()[i % 32] ^= bytes[i];
  }
  made.trust_number = input.number();
  return made.to_text().reveal();
}

void read_text(std::string_view text) {
  fuzz::answers_with(fuzz::kWrittenKinds, [&] {
    const auto capability = vault::Capability::from_text(text);
    const auto again = vault::Capability::from_text(capability.to_text().reveal());
    fuzz::require(again.key_id() == capability.key_id() && again.vault == capability.vault &&
                      again.trust_number == capability.trust_number,
                  "a capability is not the same after it was written again");
  });
}

void read_sheet(std::string_view text) {
  fuzz::answers_with(fuzz::kWrittenKinds, [&] {
    const Secret credential = vault::read_sheet(text);
    const Secret sheet = vault::sheet_lines(credential.reveal());
    fuzz::require(vault::read_sheet(sheet.reveal()).reveal() == credential.reveal(),
                  "a sheet is not the same after it was printed again");
  });
}

/// Bytes of the right length with a checksum that fits. A cost that is allowed becomes the least
/// one: whether it is allowed is what the parser decides.
void open_sealed(ByteView input) {
  constexpr std::size_t kBefore = 220;
  constexpr std::size_t kCosts = 16;
  Bytes bytes(input.begin(), input.begin() + std::min(kBefore, input.size()));
  bytes.resize(kBefore);
  const auto number_at = [&](std::size_t at) {
    return fuzz::Input(ByteView(bytes).subspan(at)).number();
  };
  if (seal::is_allowed({number_at(kCosts), number_at(kCosts + 4)})) {
    constexpr std::array<std::uint8_t, 8> kLeast = {1, 0, 0, 0, 8, 0, 0, 0};
    std::copy(kLeast.begin(), kLeast.end(), bytes.begin() + kCosts);
  }
  constexpr ByteArray<1> kZero{};
  const seal::Hash sum = seal::hash(
      {as_bytes("lifeboat/v1/capability"), kZero, as_bytes("sealed-identity"), kZero, bytes});
  append(bytes, ByteView(sum).first(8));
  const std::string text = std::string(vault::kSealedIdentityPrefix) + to_base32(bytes);
  vault::check_sealed_identity(text);
  constexpr std::array kKinds = {ErrorKind::denied, ErrorKind::refused};
  fuzz::require(
      !fuzz::answers_with(
          kKinds,
          [&] { static_cast<void>(vault::open_sealed_identity(text, Secret("correct horse"))); }),
      "an identity that nobody sealed was opened");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read_text(as_text({data, size}));
  std::string text = with_checksum({data, size});
  read_text(text);
  if (size > 0) text[data[0] % text.size()] = static_cast<char>(data[size - 1]);
  read_text(text);
  fuzz::answers_with(fuzz::kWrittenKinds, [&] { vault::check_sealed_identity(text); });
  read_sheet(as_text({data, size}));
  if (text.starts_with("lifeboat-identity-1") && text.find_first_of(" \n") == std::string::npos) {
    read_sheet(vault::sheet_lines(text).reveal());
  }
  open_sealed({data, size});
  return 0;
}
