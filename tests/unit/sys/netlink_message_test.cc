#include "sys/netlink_message.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <cerrno>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace myrt::sys {
namespace {

using testing::ElementsAre;

// Literals with zeros inside. Numbers are little-endian, as on all machines that myrt runs on.
template <std::size_t N>
std::string bytes(const char (&literal)[N]) {
  return {literal, N - 1};
}

TEST(NetlinkRequests, AskForALinkByItsName) {
  const Result<std::string> request = link_request(7, "eth0");
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(*request,
            // length 44, RTM_GETLINK (18), NLM_F_REQUEST | NLM_F_ACK, sequence, port
            bytes("\x2c\0\0\0"
                  "\x12\0"
                  "\x05\0"
                  "\x07\0\0\0"
                  "\0\0\0\0") +
                bytes("\0\0\0\0"
                      "\0\0\0\0"
                      "\0\0\0\0"
                      "\0\0\0\0") +  // ifinfomsg
                // length 9, IFLA_IFNAME (3), padded to four bytes
                bytes("\x09\0"
                      "\x03\0"
                      "eth0\0"
                      "\0\0\0"));
}

TEST(NetlinkRequests, MoveALinkByItsIndex) {
  const Result<std::string> request = move_request(1, {.index = 3, .network = 9, .name = "eth1"});
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(*request,
            // length 52, RTM_NEWLINK (16)
            bytes("\x34\0\0\0"
                  "\x10\0"
                  "\x05\0"
                  "\x01\0\0\0"
                  "\0\0\0\0") +
                bytes("\0\0\0\0"
                      "\x03\0\0\0"
                      "\0\0\0\0"
                      "\0\0\0\0") +
                bytes("\x08\0"
                      "\x1c\0"
                      "\x09\0\0\0") +  // IFLA_NET_NS_FD (28)
                bytes("\x09\0"
                      "\x03\0"
                      "eth1\0"
                      "\0\0\0"));
}

TEST(NetlinkRequests, SetALinkUpAndNothingElse) {
  const Result<std::string> request = set_up_request(1, 3);
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(*request, bytes("\x20\0\0\0"
                            "\x10\0"
                            "\x05\0"
                            "\x01\0\0\0"
                            "\0\0\0\0") +
                          // index 3; IFF_UP (1) among the flags, and the only one to change
                          bytes("\0\0\0\0"
                                "\x03\0\0\0"
                                "\x01\0\0\0"
                                "\x01\0\0\0"));
}

TEST(NetlinkRequests, AddAnAddressWithTheFlagsThatAUserCanSet) {
  const Address address{.link = 5,
                        .family = AF_INET,
                        .prefix_length = 24,
                        .scope = RT_SCOPE_UNIVERSE,
                        .flags = IFA_F_PERMANENT | IFA_F_SECONDARY | IFA_F_NOPREFIXROUTE,
                        .local = bytes("\x0a\0\0\x01"),
                        .address = bytes("\x0a\0\0\x01"),
                        .broadcast = bytes("\x0a\0\0\xff"),
                        .metric = 100};
  const Result<std::string> request = add_address_request(1, 3, address);
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(
      *request,
      // length 64, RTM_NEWADDR (20), NLM_F_REQUEST | NLM_F_ACK | NLM_F_EXCL | NLM_F_CREATE (0x605)
      bytes("\x40\0\0\0"
            "\x14\0"
            "\x05\x06"
            "\x01\0\0\0"
            "\0\0\0\0") +
          bytes("\x02"
                "\x18"
                "\0"
                "\0"
                "\x03\0\0\0") +  // AF_INET, /24, flags, scope, index 3
          bytes("\x08\0"
                "\x02\0"
                "\x0a\0\0\x01") +  // IFA_LOCAL (2)
          bytes("\x08\0"
                "\x01\0"
                "\x0a\0\0\x01") +  // IFA_ADDRESS (1)
          bytes("\x08\0"
                "\x04\0"
                "\x0a\0\0\xff") +  // IFA_BROADCAST (4)
          bytes("\x08\0"
                "\x08\0"
                "\0\x02\0\0") +  // IFA_FLAGS (8): NOPREFIXROUTE (0x200)
          bytes("\x08\0"
                "\x09\0"
                "\x64\0\0\0"));  // IFA_RT_PRIORITY (9)
}

TEST(NetlinkRequests, RefuseAnAttributeWhoseLengthDoesNotFit) {
  // The length has 16 bits, and counts its own four bytes and the zero behind the text.
  EXPECT_TRUE(link_request(1, std::string(65530, 'x')).has_value());
  const Result<std::string> longer = link_request(1, std::string(65531, 'x'));
  ASSERT_FALSE(longer.has_value());
  EXPECT_EQ(longer.error().code(), EMSGSIZE);
}

TEST(ParseMessages, FindsEachOfADatagram) {
  const std::string datagram = bytes(
                                   "\x15\0\0\0"
                                   "\x10\0"
                                   "\x02\0"
                                   "\x07\0\0\0"
                                   "\0\0\0\0"
                                   "abcde"
                                   "\0\0\0") +
                               bytes(
                                   "\x14\0\0\0"
                                   "\x03\0"
                                   "\x12\0"
                                   "\x07\0\0\0"
                                   "\0\0\0\0"
                                   "\0\0\0\0");
  const auto messages = parse_messages(datagram);
  ASSERT_TRUE(messages.has_value());
  ASSERT_EQ(messages->size(), 2U);
  EXPECT_EQ((*messages)[0].type, RTM_NEWLINK);
  EXPECT_EQ((*messages)[0].flags, 2);
  EXPECT_EQ((*messages)[0].sequence, 7U);
  EXPECT_EQ((*messages)[0].payload, "abcde");
  EXPECT_EQ((*messages)[1].type, NLMSG_DONE);
  EXPECT_EQ((*messages)[1].flags, NLM_F_MULTI | NLM_F_DUMP_INTR);
}

TEST(ParseMessages, RefusesWhatIsCutShort) {
  for (const std::string& datagram : {bytes("\x10\0\0"),  // no whole header
                                      bytes("\x0f\0\0\0"
                                            "\x10\0"
                                            "\0\0"
                                            "\0\0\0\0"
                                            "\0\0\0\0"),  // less than one
                                      bytes("\x11\0\0\0"
                                            "\x10\0"
                                            "\0\0"
                                            "\0\0\0\0"
                                            "\0\0\0\0")}) {  // more than there is
    const auto messages = parse_messages(datagram);
    ASSERT_FALSE(messages.has_value());
    EXPECT_EQ(messages.error().text(), "netlink: a message is cut short: Protocol error");
  }
}

TEST(ParseError, IsTheErrnoValue) {
  EXPECT_EQ(parse_error(bytes("\xed\xff\xff\xff"
                              "rest"))
                .value(),
            ENODEV);  // -19
  EXPECT_EQ(parse_error(bytes("\0\0\0\0")).value(), 0);
  EXPECT_FALSE(parse_error("abc").has_value());
}

TEST(ParseLink, ReadsIndexFlagsAndName) {
  const auto link = parse_link(bytes("\0\0\x01\0"
                                     "\x05\0\0\0"
                                     "\x43\x10\x01\0"
                                     "\0\0\0\0") +
                               bytes("\x08\0"
                                     "\x04\0"
                                     "\xdc\x05\0\0") +  // IFLA_MTU (4)
                               bytes("\x0a\0"
                                     "\x03\0"
                                     "veth0\0"
                                     "\0\0"));
  ASSERT_TRUE(link.has_value());
  EXPECT_EQ(*link, (Link{.index = 5, .flags = 0x11043, .name = "veth0"}));
}

TEST(ParseLink, RefusesWhatIsCutShort) {
  const std::string header = bytes(
      "\0\0\x01\0"
      "\x05\0\0\0"
      "\x43\x10\x01\0"
      "\0\0\0\0");
  EXPECT_EQ(parse_link(header.substr(1)).error().text(),
            "netlink: a link is cut short: Protocol error");
  for (const std::string& attribute : {bytes("\x0a\0\x03"), bytes("\x03\0\x03\0"),
                                       bytes("\x0a\0"
                                             "\x03\0"
                                             "veth0")}) {
    EXPECT_EQ(parse_link(header + attribute).error().text(),
              "netlink: an attribute is cut short: Protocol error");
  }
}

TEST(ParseAddress, TakesTheFlagsThatDoNotFitIntoTheHeader) {
  const auto address = parse_address(bytes("\x0a"
                                           "\x40"
                                           "\x80"
                                           "\0"
                                           "\x05\0\0\0") +
                                     bytes("\x14\0"
                                           "\x01\0"
                                           "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01") +
                                     bytes("\x08\0"
                                           "\x08\0"
                                           "\x80\x02\0\0") +  // PERMANENT | NOPREFIXROUTE
                                     bytes("\x08\0"
                                           "\x09\0"
                                           "\x64\0\0\0"));
  ASSERT_TRUE(address.has_value());
  EXPECT_EQ(address->link, 5);
  EXPECT_EQ(address->family, AF_INET6);
  EXPECT_EQ(address->scope, RT_SCOPE_UNIVERSE);
  EXPECT_EQ(address->flags, IFA_F_PERMANENT | IFA_F_NOPREFIXROUTE);
  EXPECT_EQ(address->metric, 100U);
  EXPECT_EQ(address_text(*address), "2001:db8::1/64");
}

TEST(ParseAddress, ReadsTheEndsOfAnIPv4Address) {
  const auto address = parse_address(bytes("\x02"
                                           "\x20"
                                           "\x80"
                                           "\xfd"
                                           "\x05\0\0\0") +
                                     bytes("\x08\0"
                                           "\x01\0"
                                           "\x0a\0\0\x02") +
                                     bytes("\x08\0"
                                           "\x02\0"
                                           "\x0a\0\0\x01") +
                                     bytes("\x08\0"
                                           "\x04\0"
                                           "\x0a\0\0\xff"));
  ASSERT_TRUE(address.has_value());
  EXPECT_EQ(address->scope, RT_SCOPE_LINK);
  EXPECT_EQ(address->address, bytes("\x0a\0\0\x02"));
  EXPECT_EQ(address->local, bytes("\x0a\0\0\x01"));
  EXPECT_EQ(address->broadcast, bytes("\x0a\0\0\xff"));
  EXPECT_EQ(address_text(*address), "10.0.0.1/32");
}

TEST(ParseAddress, RefusesWhatIsCutShort) {
  EXPECT_EQ(parse_address("\x02\x20").error().text(),
            "netlink: an address is cut short: Protocol error");
}

TEST(AddressText, OfBytesThatAreNoAddressIsAQuestionMark) {
  EXPECT_EQ(address_text(Address{.family = AF_INET, .local = "abc"}), "?");
}

}  // namespace
}  // namespace myrt::sys
