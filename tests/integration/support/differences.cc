#include "support/differences.h"

#include <array>

namespace myrt::test {
namespace {

constexpr auto kDifferences = std::to_array<Difference>({
    {"All/RecursiveOptions.ReachTheMountsBelow/rro_rrw", "runc",
     "sets and clears at once, and setting wins; the later word should"},
    {"All/TmpfsOptions.GiveTheMountItsFlags/defaults", "runc",
     "hands the word to the file system, which does not know it; the specification wants it "
     "accepted"},
    {"BindOf.ANosuidSourceStaysNosuidWhenMadeReadOnly", "runc",
     "clears flags that nobody asked to clear; newer versions keep them"},
    {"BindOf.AReadOnlySourceCanBeMadeWritableByRoot", "runc",
     "ignores words that clear a flag on a bind"},
    {"BindOf.UnknownOptionsAreRefused", "runc",
     "hands them to the kernel, which ignores data of a bind; a typing error should not pass "
     "silently"},
    {"Cgroup.WithProcessesInItIsRefused", "runc", "warns only; newer versions refuse"},
    {"All/BadSyntax.IsRefused/null", "runc", "ends in a panic, with exit status 2"},
    {"All/BadSeccomp.IsRefused/errno_for_an_action_without", "runc",
     "ignores it; the specification wants an error (config-linux.md, Seccomp)"},
    {"All/BadSeccomp.IsRefused/metadata_without_listener", "runc",
     "ignores it; the specification wants an error (config-linux.md, Seccomp)"},
    {"All/BadSeccomp.IsRefused/no_names", "runc",
     "ignores the rule; the specification wants at least one name (config-linux.md, Seccomp)"},
    {"All/NulByte.IsRefused/in_an_argument", "runc", "cuts the argument at the NUL"},
    {"All/NulByte.IsRefused/in_the_hostname", "runc", "sets a hostname with a NUL in it"},
    {"Config.HasCaseSensitiveKeys", "runc",
     "Go's JSON takes keys of any case; JSON does not (RFC 8259)"},
    {"Config.NeedsAVersion", "runc", "does not look at it; the specification requires it"},
    {"Config.NeedsAVersionThatIsOne", "runc",
     "does not look at it; the specification requires SemVer"},
    {"Config.OfAnotherMajorVersionIsRefused", "runc",
     "does not look at it; what a field means then is anybody's guess"},
    {"Config.WithADuplicateKeyIsRefused", "runc",
     "takes the last one; a reviewer may have seen the first"},
    {"Config.WithBadUtf8IsRefused", "runc",
     "replaces the bytes, so that a name is not what the config says"},
    {"Config.WithTextAfterItIsRefused", "runc", "does not read on"},
    {"Hooks.GetTheStateOnTheirInput", "runc",
     "runs poststart hooks at the end of create; newer versions run them after start"},
    {"Hooks.HaveAnEmptyEnvironmentWithoutOne", "runc",
     "passes its own; the specification says that the environment is the entry's (config.md, "
     "Hooks)"},
    {"Hooks.HaveAnEmptyEnvironmentWithoutOne", "crun",
     "passes its own; the specification says that the environment is the entry's (config.md, "
     "Hooks)"},
    {"Hooks.MayLeaveAProcessBehindThatHoldsTheirOutput", "runc",
     "waits for the end of the output, for ever"},
    {"Hooks.RunInTheOrderOfTheLifecycle", "runc",
     "runs poststart hooks at the end of create; newer versions run them after start"},
    {"Hooks.ThatFailAfterStartStopTheContainer", "runc",
     "runs poststart hooks at the end of create; newer versions run them after start"},
    {"Hooks.ThatFailAtDeleteAreOnlyAWarning", "runc",
     "does not run the hooks after the failed one"},
    {"Hooks.ThatFailAtStartKeepTheProgramFromRunning", "runc",
     "start does not learn that the program never ran"},
    {"Devices.CannotReplaceAFile", "runc",
     "keeps the file silently; the specification wants an error (config-linux.md, Devices)"},
    {"Devices.CannotReplaceAFile", "crun",
     "keeps the file silently; the specification wants an error (config-linux.md, Devices)"},
    {"Kill.TakesTheChildrenDownWithoutAPidNamespace", "runc",
     "kills the first process only; engines that share a pid namespace rely on newer versions, "
     "which kill all"},
    {"Lifecycle.ForcedDeleteCleansUpAfterARuntimeKilledAtAnyMoment", "runc",
     "forgets cgroups and processes that its state file does not name yet"},
    {"Lifecycle.ForcedDeleteCleansUpAfterARuntimeKilledAtAnyMoment", "crun",
     "forgets cgroups and processes that its state file does not name yet"},
    {"Lifecycle.WithoutAProcessStartFails", "runc",
     "create fails already; the specification says that process is required by start (config.md, "
     "Process)"},
    {"Lifecycle.WithoutAProcessStartFails", "crun",
     "create fails already; the specification says that process is required by start (config.md, "
     "Process)"},
    {"Propagation.OfTheRootIsThatOfTheConfig", "runc",
     "changes the old root only; the specification speaks of the rootfs mount"},
    {"ResourceLimits.OfTheSameTypeTwiceAreRefused", "runc",
     "takes the last one; the specification wants an error (config.md, POSIX process)"},
    {"ResourceLimits.OfTheSameTypeTwiceAreRefused", "crun",
     "takes the last one; the specification wants an error (config.md, POSIX process)"},
    {"Stdio.APreservedDescriptorMustBeOpen", "runc",
     "takes a descriptor of its own for the caller's, and hands that to the container"},
    {"State.ListOfNothingIsAnEmptyArray", "runc", "prints null, which is not a list"},
    {"UserNamespace.IsNeededForMappings", "runc",
     "drops the mappings; the process would be root of the host where the config asks for the "
     "contrary"},
    {"UserNamespace.WorksBelowADirectoryThatItsRootCannotSearch", "runc",
     "opens the path again as the mapped root; engines do not always open their directories to it"},
    {"UtsNamespace.HasTheDomainnameOfTheConfig", "runc", "does not know the field yet"},
});

}  // namespace

std::span<const Difference> differences() { return kDifferences; }

}  // namespace myrt::test
