/* One open(). See kvm_device.h. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "kvm_device.h"

int kvm_device_open(struct message *message)
{
	const int device = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (device >= 0)
		return device;
	return fail(message, errno, "--host kvm: /dev/kvm: %s (%s)", strerror(errno),
		    errno == ENOENT ? "the kernel has no KVM, or virtualization is off"
				    : "reading and writing it must be permitted");
}
