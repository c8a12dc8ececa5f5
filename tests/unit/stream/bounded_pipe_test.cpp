#include "stream/bounded_pipe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace lifeboat::stream {
namespace {

std::exception_ptr failure() { return std::make_exception_ptr(std::runtime_error("broken")); }

TEST(BoundedPipe, GivesItemsInTheirOrderAndThenItsEnd) {
  BoundedPipe<int> pipe(3);
  for (const int item : {1, 2, 3}) pipe.push(item);
  pipe.close();
  EXPECT_EQ(pipe.pop(), 1);
  EXPECT_EQ(pipe.pop(), 2);
  EXPECT_EQ(pipe.pop(), 3);
  EXPECT_EQ(pipe.pop(), std::nullopt);
  EXPECT_EQ(pipe.pop(), std::nullopt);
}

TEST(BoundedPipe, NeverHoldsMoreThanItsCapacity) {
  constexpr int kItems = 10'000;
  constexpr int kCapacity = 4;
  BoundedPipe<int> pipe(kCapacity);
  std::atomic<int> pushed{0};
  std::jthread pusher([&] {
    for (int i = 0; i < kItems; ++i) {
      pipe.push(i);
      ++pushed;
    }
    pipe.close();
  });
  int popped = 0;
  int most = 0;
  while (const auto item = pipe.pop()) {
    EXPECT_EQ(*item, popped);
    ++popped;
    most = std::max(most, pushed.load() - popped);
  }
  EXPECT_EQ(popped, kItems);
  EXPECT_LE(most, kCapacity);
}

TEST(BoundedPipe, SharesItemsAmongManyPushersAndPoppers) {
  BoundedPipe<int> pipe(2);
  std::atomic<int> sum{0};
  const auto push_thousand = [&] {
    for (int item = 1; item <= 1000; ++item) pipe.push(item);
  };
  const auto pop_all = [&] {
    while (const auto item = pipe.pop()) sum += *item;
  };
  std::vector<std::jthread> poppers;
  for (int i = 0; i < 3; ++i) poppers.emplace_back(pop_all);
  std::vector<std::jthread> pushers;
  for (int i = 0; i < 3; ++i) pushers.emplace_back(push_thousand);
  pushers.clear();  // waits for them
  pipe.close();
  poppers.clear();
  EXPECT_EQ(sum, 3 * 500'500);
}

TEST(BoundedPipe, CarriesAFailureToABlockedPusher) {
  BoundedPipe<int> pipe(1);
  pipe.push(1);
  std::jthread failer([&] { pipe.fail(failure()); });
  EXPECT_THROW(pipe.push(2), std::runtime_error);
}

TEST(BoundedPipe, CarriesAFailureToABlockedPopperBeforeWhatWasLeft) {
  BoundedPipe<int> empty(1);
  std::jthread failer([&] { empty.fail(failure()); });
  EXPECT_THROW(static_cast<void>(empty.pop()), std::runtime_error);

  BoundedPipe<int> filled(1);
  filled.push(1);
  filled.fail(failure());
  EXPECT_THROW(static_cast<void>(filled.pop()), std::runtime_error);
}

TEST(BoundedPipe, KeepsTheFirstFailure) {
  BoundedPipe<int> pipe(1);
  pipe.fail(failure());
  pipe.fail(std::make_exception_ptr(std::logic_error("later")));
  EXPECT_THROW(pipe.push(1), std::runtime_error);
}

TEST(BoundedPipe, CarriesWhatCannotBeCopied) {
  BoundedPipe<std::unique_ptr<int>> pipe(1);
  pipe.push(std::make_unique<int>(7));
  EXPECT_EQ(**pipe.pop(), 7);
}

}  // namespace
}  // namespace lifeboat::stream
