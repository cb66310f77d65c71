// A client of an SSH agent that asks for all that agents do, and prints the type of each answer.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static int connected(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, getenv("SSH_AUTH_SOCK"), sizeof address.sun_path - 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  const struct timeval patience = {.tv_sec = 20};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
  perror("connect");
  exit(1);
}

// Of one answer; -1: the connection has ended; -2: there is none.
static int answer(int fd) {
  unsigned char size[4];
  const ssize_t got = recv(fd, size, 4, MSG_WAITALL);
  if (got != 4) return got < 0 ? -2 : -1;
  const size_t bytes = (size_t)size[0] << 24 | size[1] << 16 | size[2] << 8 | size[3];
  unsigned char *message = malloc(bytes + 1);
  if (recv(fd, message, bytes, MSG_WAITALL) != (ssize_t)bytes) return -1;
  return message[0];
}

static void ask(int fd, int type, const char *rest, size_t size) {
  unsigned char message[256] = {0, 0, 0, (unsigned char)(size + 1), (unsigned char)type};
  memcpy(message + 5, rest, size);
  send(fd, message, size + 5, MSG_NOSIGNAL);
}

int main(void) {
  const int fd = connected();
  const char bind[] = "\0\0\0\x18session-bind@openssh.com";
  const char other[] = "\0\0\0\5query";
  const char password[] = "\0\0\0\1x";
  ask(fd, 11, "", 0);
  printf("list %d\n", answer(fd));
  ask(fd, 27, bind, sizeof bind - 1);
  printf("bind %d\n", answer(fd));
  ask(fd, 13, "", 0);
  printf("sign %d\n", answer(fd));
  ask(fd, 27, other, sizeof other - 1);
  printf("other %d\n", answer(fd));
  // All at once: each gets its answer, in order.
  for (int type = 17; type <= 26; ++type) ask(fd, type, password, sizeof password - 1);
  ask(fd, 11, "", 0);
  for (int type = 17; type <= 27; ++type) printf("%d ", answer(fd));
  const int big = connected();
  send(big, "\0\4\0\1\xb", 5, MSG_NOSIGNAL);
  printf("\nbig %d\n", answer(big));
  return 0;
}
