#include "report/markup.h"

#include <gtest/gtest.h>

#include "report/element.h"

namespace lifeboat::report {
namespace {

TEST(Markup, EscapesWhateverCouldEndATextOrAnAttribute) {
  EXPECT_EQ(escaped("<b a=\"1\" c='2'>&</b>"),
            "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;&lt;/b&gt;");
  EXPECT_EQ(words("a<b").html, "a&lt;b");
  EXPECT_EQ(element("p", "1 < 2", "said").html, "<p class=\"said\">1 &lt; 2</p>");
}

TEST(Markup, ReplacesWhatIsNoTextAndKeepsWhatIs) {
  EXPECT_EQ(escaped("größe 表 🚣"), "größe 表 🚣");
  EXPECT_EQ(escaped("a\nb\tc"), "a b c");
  EXPECT_EQ(escaped(std::string_view("a\0b\x1b[31m\x7f", 9)), "a\uFFFDb\uFFFD[31m\uFFFD");
  EXPECT_EQ(escaped("\xff\xc3"), "\uFFFD\uFFFD");
  EXPECT_EQ(escaped("\xc0\xbc"
                    "script"),
            "\uFFFD\uFFFDscript");                             // an overlong "<"
  EXPECT_EQ(escaped("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");    // a surrogate
  EXPECT_EQ(escaped("ab\u202Ecd\u2066"), "ab\uFFFDcd\uFFFD");  // turns the text around it
}

TEST(Markup, WritesNumbersShortly) {
  EXPECT_EQ(number(12), "12");
  EXPECT_EQ(number(12.34), "12.3");
  EXPECT_EQ(number(-0.04), "0");
  EXPECT_EQ(number(-3.25), "-3.3");
}

TEST(Markup, CutsATextSoThatItFits) {
  EXPECT_EQ(fitted("restore", 12, 100), "restore");
  const std::string cut = fitted("restore of a very long name", 12, 100);
  EXPECT_TRUE(cut.starts_with("restore") && cut.ends_with("…")) << cut;
  EXPECT_LE(text_width(cut, 12), 100);
  EXPECT_EQ(fitted("表表表", 12, 5), "…");
}

TEST(Table, HasACellForEachHeadingAndNoMore) {
  Table table({{"what"}, {"took", "n"}});
  table.add({words("a"), words("1 s"), words("too many")});
  table.add({words("b")});
  const std::string text = table.markup().html;
  EXPECT_NE(text.find("<th scope=\"row\">a</th><td class=\"n\">1 s</td></tr>"), std::string::npos);
  EXPECT_NE(text.find("<th scope=\"row\">b</th><td class=\"n\"></td></tr>"), std::string::npos);
}

}  // namespace
}  // namespace lifeboat::report
