# Completion of myrt's command line in fish.

# Whether an option of a command (of myrt itself, when that is empty) takes a value as the next word.
function __myrt_takes_value --argument-names command option
    switch "$command $option"
        case ' --root' ' --log' ' --log-format' ' --cgroup-manager' ' --rootless' ' --allow-annotations'
        case '* --bundle' '* -b' '* --config' 'create -f' 'run -f' 'spec -f' '* --overlay'
        case '* --console-socket' '* --pidfd-socket' '* --pid-file' '* --preserve-fds'
        case 'list -f' 'list --format' 'ps -f' 'ps --format'
        case 'exec -p' 'exec --process' 'exec --cgroup' 'exec --cwd' 'exec -e' 'exec --env' 'exec -u' 'exec --user'
        case 'exec -g' 'exec --additional-gids' 'exec -c' 'exec --cap'
        case 'update -h' 'update --help'
            return 1
        case 'update *'
        case '*'
            return 1
    end
end

# Of the words before the cursor: the command, how many words that are no options follow it, and the value of --root.
function __myrt_typed
    set -l command ''
    set -l position 0
    set -l root ''
    set -l option ''
    for word in (commandline --tokenize --cut-at-cursor --current-process)[2..]
        if test -n "$option"
            test "$command $option" = ' --root'; and set root $word
            set option ''
        else if string match --quiet -- '-*' $word
            __myrt_takes_value "$command" $word; and set option $word
            test -z "$command"; and string match --quiet -- '--root=*' $word; and set root (string sub --start 8 -- $word)
        else if test -z "$command"
            set command $word
        else
            set position (math $position + 1)
        end
    end
    printf '%s\n' $command $position $root
end

# Whether one of these commands was typed, and an option of it may follow. What stands after the ID of exec and ps is for
# another program.
function __myrt_at
    set -l typed (__myrt_typed)
    contains -- "$typed[1]" $argv; or return
    not contains -- "$typed[1]" exec ps; or test $typed[2] -eq 0
end

# Whether as many words follow the command, which is one of these.
function __myrt_at_position --argument-names position
    set -l typed (__myrt_typed)
    contains -- "$typed[1]" $argv[2..]; and test $typed[2] -eq $position
end

function __myrt_containers
    set -l root (__myrt_typed)[3]
    set -l globals
    test -n "$root"; and set globals --root (string replace --regex '^~' $HOME -- $root)
    command myrt $globals list -q 2>/dev/null
end

function __myrt_capabilities
    command myrt features 2>/dev/null | string match --regex --all 'CAP_[A-Z_]*'
end

complete -c myrt -f
complete -c myrt -n '__myrt_at "" create delete events exec features kill list pause ps resume run spec start state update' -s h -l help -d 'Print help'

complete -c myrt -n '__myrt_at ""' -s v -l version -d 'Print the version'
complete -c myrt -n '__myrt_at ""' -l root -x -a '(__fish_complete_directories)' -d 'Directory for the state of containers'
complete -c myrt -n '__myrt_at ""' -l log -r -F -d 'Append log lines to this file'
complete -c myrt -n '__myrt_at ""' -l log-format -x -a 'text json' -d 'Form of log lines'
complete -c myrt -n '__myrt_at ""' -l debug -d 'Log what is done'
complete -c myrt -n '__myrt_at ""' -l systemd-cgroup -d 'Let systemd manage the cgroups'
complete -c myrt -n '__myrt_at ""' -l cgroup-manager -x -a 'cgroupfs systemd disabled' -d 'Who manages the cgroups'
complete -c myrt -n '__myrt_at ""' -l rootless -x -a 'true false auto' -d 'Leave out cgroups that may not be made'
complete -c myrt -n '__myrt_at ""' -l allow-annotations -x -a overlay -d 'Honour annotations of this family'

complete -c myrt -n '__myrt_at ""' -a create -d 'Create a container from a bundle'
complete -c myrt -n '__myrt_at ""' -a delete -d 'Delete a stopped container'
complete -c myrt -n '__myrt_at ""' -a events -d 'Print the resource use of a container'
complete -c myrt -n '__myrt_at ""' -a exec -d 'Run a program in a container'
complete -c myrt -n '__myrt_at ""' -a features -d 'Print what this runtime supports as JSON'
complete -c myrt -n '__myrt_at ""' -a kill -d 'Send a signal to a container'
complete -c myrt -n '__myrt_at ""' -a list -d 'List containers'
complete -c myrt -n '__myrt_at ""' -a pause -d 'Freeze all processes of a container'
complete -c myrt -n '__myrt_at ""' -a ps -d 'Show the processes of a container'
complete -c myrt -n '__myrt_at ""' -a resume -d 'Let a paused container go on'
complete -c myrt -n '__myrt_at ""' -a run -d 'Create and start a container, and wait for it'
complete -c myrt -n '__myrt_at ""' -a spec -d 'Write a config.json to start from'
complete -c myrt -n '__myrt_at ""' -a start -d 'Run the program of a created container'
complete -c myrt -n '__myrt_at ""' -a state -d 'Print the state of a container as JSON'
complete -c myrt -n '__myrt_at ""' -a update -d 'Change the limits of a container'

complete -c myrt -n '__myrt_at_position 0 delete events exec kill pause ps resume start state update' -a '(__myrt_containers)' -d Container
complete -c myrt -n '__myrt_at_position 1 kill' -a 'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS' -d Signal

complete -c myrt -n '__myrt_at create run' -s b -l bundle -x -a '(__fish_complete_directories)' -d 'Directory with config.json'
complete -c myrt -n '__myrt_at create run' -s f -l config -r -F -d "File in place of the bundle's config.json"
complete -c myrt -n '__myrt_at create run exec' -l console-socket -r -F -d 'Socket that receives the terminal'
complete -c myrt -n '__myrt_at create run exec' -l pidfd-socket -r -F -d 'Socket that receives a pidfd'
complete -c myrt -n '__myrt_at create run exec' -l pid-file -r -F -d 'File for the pid'
complete -c myrt -n '__myrt_at create run exec' -l preserve-fds -x -d 'Pass so many descriptors after stderr'
complete -c myrt -n '__myrt_at create run' -l no-pivot -d 'Change the root without pivot_root'
complete -c myrt -n '__myrt_at create run' -l no-new-keyring -d "Keep the caller's session keyring"
complete -c myrt -n '__myrt_at create run' -l overlay -x -a '(__fish_complete_directories)' -d 'Image layers as the root, leftmost on top'

complete -c myrt -n '__myrt_at run' -s d -l detach -d 'Return when it has started'
complete -c myrt -n '__myrt_at run' -l keep -d 'Keep the state when it has ended'
complete -c myrt -n '__myrt_at run' -l no-subreaper -d 'Do not adopt processes that lose their parent'

complete -c myrt -n '__myrt_at exec' -s p -l process -r -F -d 'File with the process as JSON'
complete -c myrt -n '__myrt_at exec' -s t -l tty -d 'Give it a terminal'
complete -c myrt -n '__myrt_at exec' -s d -l detach -d 'Return when the program runs'
complete -c myrt -n '__myrt_at exec' -l cgroup -x -d "Cgroup below the container's"
complete -c myrt -n '__myrt_at exec' -l ignore-paused -d 'Also in a paused container'
complete -c myrt -n '__myrt_at exec' -l cwd -x -d 'Working directory in the container'
complete -c myrt -n '__myrt_at exec' -s e -l env -x -d 'One more variable, NAME=value'
complete -c myrt -n '__myrt_at exec' -s u -l user -x -d 'UID[:GID]'
complete -c myrt -n '__myrt_at exec' -s g -l additional-gids -x -d 'One more group'
complete -c myrt -n '__myrt_at exec' -s c -l cap -x -a '(__myrt_capabilities)' -d 'One more capability'
complete -c myrt -n '__myrt_at exec' -x -l apparmor -d 'AppArmor profile'
complete -c myrt -n '__myrt_at exec' -x -l process-label -d 'SELinux label of the process'
complete -c myrt -n '__myrt_at exec' -l no-new-privs -d 'No more privileges by executing files'

complete -c myrt -n '__myrt_at events' -l interval -x -d 'Time between two statistics'
complete -c myrt -n '__myrt_at events' -l stats -d 'Print one statistics and exit'

complete -c myrt -n '__myrt_at kill' -s a -l all -d 'To all of its processes'
complete -c myrt -n '__myrt_at delete' -s f -l force -d 'Kill it first'
complete -c myrt -n '__myrt_at delete' -s r -l regex -d 'The id is a regular expression'
complete -c myrt -n '__myrt_at list ps' -s f -l format -x -a 'table json' -d 'Form of the list'
complete -c myrt -n '__myrt_at list' -s q -l quiet -d 'Ids only'
complete -c myrt -n '__myrt_at spec' -s b -l bundle -x -a '(__fish_complete_directories)' -d 'Directory to write it to'
complete -c myrt -n '__myrt_at spec' -s f -l config -r -F -d 'Name of the file'
complete -c myrt -n '__myrt_at spec' -l rootless -d 'For a user without privileges'

complete -c myrt -n '__myrt_at update' -s r -l resources -r -F -d 'File with the limits as JSON'
complete -c myrt -n '__myrt_at update' -l blkio-weight -x -d 'Weight of block input and output'
complete -c myrt -n '__myrt_at update' -l cpu-period -x -d 'Period of the quota, microseconds'
complete -c myrt -n '__myrt_at update' -l cpu-quota -x -d 'Processor time in a period, microseconds'
complete -c myrt -n '__myrt_at update' -l cpu-burst -x -d 'Time that may be saved up, microseconds'
complete -c myrt -n '__myrt_at update' -l cpu-share -x -d 'Weight of processor time'
complete -c myrt -n '__myrt_at update' -l cpu-rt-period -x -d 'Period of real-time scheduling, microseconds'
complete -c myrt -n '__myrt_at update' -l cpu-rt-runtime -x -d 'Real-time processor time in a period, microseconds'
complete -c myrt -n '__myrt_at update' -l cpu-idle -x -d 'Run when nothing else does: 0 or 1'
complete -c myrt -n '__myrt_at update' -l cpuset-cpus -x -d 'Processors'
complete -c myrt -n '__myrt_at update' -l cpuset-mems -x -d 'Memory nodes'
complete -c myrt -n '__myrt_at update' -l memory -x -d 'Memory limit, bytes'
complete -c myrt -n '__myrt_at update' -l memory-reservation -x -d 'Memory that is protected first, bytes'
complete -c myrt -n '__myrt_at update' -l memory-swap -x -d 'Limit of memory and swap, bytes'
complete -c myrt -n '__myrt_at update' -l pids-limit -x -d 'Number of processes'
complete -c myrt -n '__myrt_at update' -l l3-cache-schema -x -d 'Schema of the L3 cache'
complete -c myrt -n '__myrt_at update' -l mem-bw-schema -x -d 'Schema of the memory bandwidth'
