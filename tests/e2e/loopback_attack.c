// Tries all ways that a container has to send something to an address of the host: attack PORT ADDRESS...
// Says how each socket was refused; whether anything arrived, only the host knows.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static const char k_text[] = "from the container";
static uint16_t s_port;

static void say(const char* what) { printf("%s: %s\n", what, strerror(errno)); }

static unsigned sum(const void* data, int size, unsigned start) {
  const uint16_t* words = data;
  unsigned result = start;
  for (; size > 1; size -= 2) result += *words++;
  while (result >> 16) result = (result & 0xffff) + (result >> 16);
  return result;
}

/// A datagram, or the first segment of a connection, in IPv4 from the container's own address.
static int ipv4_packet(unsigned char* packet, struct in_addr to, int protocol) {
  struct iphdr* ip = (struct iphdr*)packet;
  unsigned char* inner = packet + sizeof(*ip);
  int size = protocol == IPPROTO_UDP ? 8 + (int)sizeof(k_text) : 20;
  memset(packet, 0, sizeof(*ip) + 64);
  *ip = (struct iphdr){.version = 4, .ihl = 5, .ttl = 64, .protocol = protocol, .saddr = inet_addr("10.0.2.100"), .daddr = to.s_addr};
  ip->tot_len = htons(sizeof(*ip) + size);
  ((uint16_t*)inner)[0] = htons(4321);
  ((uint16_t*)inner)[1] = s_port;
  if (protocol == IPPROTO_UDP) {
    ((uint16_t*)inner)[2] = htons(size);
    memcpy(inner + 8, k_text, sizeof(k_text));
  } else {
    inner[12] = 5 << 4;
    inner[13] = 2;  // SYN
    *(uint16_t*)(inner + 14) = htons(60000);
    const uint16_t pseudo[] = {htons(IPPROTO_TCP), htons(size)};
    *(uint16_t*)(inner + 16) = ~sum(inner, size, sum(pseudo, 4, sum(&ip->saddr, 8, 0)));
  }
  ip->check = ~sum(ip, sizeof(*ip), 0);
  return sizeof(*ip) + size;
}

static int ipv6_packet(unsigned char* packet, const struct in6_addr* to) {
  struct ip6_hdr* ip = (struct ip6_hdr*)packet;
  struct udphdr* udp = (struct udphdr*)(ip + 1);
  memset(packet, 0, sizeof(*ip) + 64);
  ip->ip6_vfc = 6 << 4;
  ip->ip6_nxt = IPPROTO_UDP;
  ip->ip6_hlim = 64;
  ip->ip6_plen = udp->len = htons(8 + sizeof(k_text));
  inet_pton(AF_INET6, "fd00::100", &ip->ip6_src);
  ip->ip6_dst = *to;
  udp->source = htons(4321);
  udp->dest = s_port;
  memcpy(udp + 1, k_text, sizeof(k_text));
  const uint16_t pseudo[] = {udp->len, htons(IPPROTO_UDP)};
  udp->check = ~sum(udp, 8 + sizeof(k_text), sum(pseudo, 4, sum(&ip->ip6_src, 32, 0)));
  return sizeof(*ip) + 8 + sizeof(k_text);
}

static void send_frame(const unsigned char* packet, int size, int type) {
  int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
  if (fd < 0) return say("frame");
  unsigned char frame[256] = {0x52, 0x55, 10, 0, 2, 2};
  struct ifreq device = {.ifr_name = "tap0"};
  ioctl(fd, SIOCGIFHWADDR, &device);
  memcpy(frame + 6, device.ifr_hwaddr.sa_data, 6);
  frame[12] = type >> 8;
  frame[13] = type & 0xff;
  memcpy(frame + 14, packet, size);
  struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = if_nametoindex("tap0"), .sll_halen = 6};
  if (sendto(fd, frame, 14 + size, 0, (void*)&to, sizeof(to)) < 0) say("frame");
  close(fd);
}

/// By the kernel's routes to somebody else, and the header says another address.
static void send_raw(const unsigned char* packet, int size) {
  int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
  if (fd < 0) return say("raw");
  struct sockaddr_in gateway = {.sin_family = AF_INET, .sin_addr.s_addr = inet_addr("10.0.2.2")};
  if (sendto(fd, packet, size, 0, (void*)&gateway, sizeof(gateway)) < 0) say("raw");
  close(fd);
}

/// An ordinary socket, but bound to the device where that is wanted.
static void send_by_socket(const char* address, int type, int bound) {
  struct sockaddr_in to4 = {.sin_family = AF_INET, .sin_port = s_port};
  struct sockaddr_in6 to6 = {.sin6_family = AF_INET6, .sin6_port = s_port};
  int six = inet_pton(AF_INET, address, &to4.sin_addr) != 1;
  if (six) inet_pton(AF_INET6, address, &to6.sin6_addr);
  int fd = socket(six ? AF_INET6 : AF_INET, type | SOCK_NONBLOCK, 0);
  if (bound && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "tap0", 5) != 0) say("bind to device");
  connect(fd, six ? (void*)&to6 : (void*)&to4, six ? sizeof(to6) : sizeof(to4));
  struct pollfd done = {fd, POLLOUT, 0};
  poll(&done, 1, 500);
  if (send(fd, k_text, sizeof(k_text), MSG_NOSIGNAL) < 0) say(bound ? "bound" : "plain");
  close(fd);
}

static void send_by_index(const char* address) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = s_port};
  if (inet_pton(AF_INET, address, &to.sin_addr) != 1) return;
  union { struct cmsghdr header; char room[CMSG_SPACE(sizeof(struct in_pktinfo))]; } control = {0};
  control.header = (struct cmsghdr){CMSG_LEN(sizeof(struct in_pktinfo)), IPPROTO_IP, IP_PKTINFO};
  *(struct in_pktinfo*)CMSG_DATA(&control.header) = (struct in_pktinfo){.ipi_ifindex = if_nametoindex("tap0")};
  struct iovec text = {(void*)k_text, sizeof(k_text)};
  struct msghdr message = {&to, sizeof(to), &text, 1, &control, sizeof(control.room), 0};
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (sendmsg(fd, &message, 0) < 0) say("by index");
  close(fd);
}

int main(int count, char** words) {
  unsigned char packet[256];
  s_port = htons(atoi(words[1]));
  if (unshare(CLONE_NEWUSER) != 0) say("new user namespace");
  for (int i = 2; i < count; ++i) {
    struct in_addr four;
    struct in6_addr six;
    printf("%s\n", words[i]);
    for (int bound = 0; bound < 2; ++bound) {
      send_by_socket(words[i], SOCK_DGRAM, bound);
      send_by_socket(words[i], SOCK_STREAM, bound);
    }
    send_by_index(words[i]);
    if (inet_pton(AF_INET, words[i], &four) == 1) {
      for (int udp = 0; udp < 2; ++udp) {
        int size = ipv4_packet(packet, four, udp ? IPPROTO_UDP : IPPROTO_TCP);
        send_frame(packet, size, ETH_P_IP);
        send_raw(packet, size);
      }
    } else if (inet_pton(AF_INET6, words[i], &six) == 1) {
      send_frame(packet, ipv6_packet(packet, &six), ETH_P_IPV6);
    }
  }
  printf("device %d\n", if_nametoindex("tap0") > 0);
  return 0;
}
