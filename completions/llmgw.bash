# Completion of llmgw for bash; needs no other package. Written by `make generate`.

# Sets what may follow the command $1; fails when there is no such command.
_llmgw_place() {
  case $1 in
  'llmgw')
    commands='chat repl templates map embed spend logs models providers keys access serve bench config doctor completions version help'
    flags='-m --model -t --template -p --param -s --system -o --option -a --attach -f --fragment --schema --no-stream --json --render -q --quiet -x --extract --extract-last --output --media --copy --dry-run --max-cost --timeout --retries --strict --fail-on-length --project --session -c --continue --tag --no-log --no-stdin --stdin-first -h --help -V --version'
    ;;
  'llmgw chat')
    commands=''
    flags='-m --model -t --template -p --param -s --system -o --option -a --attach -f --fragment --schema --no-stream --json --render -q --quiet -x --extract --extract-last --output --media --copy --dry-run --max-cost --timeout --retries --strict --fail-on-length --project --session -c --continue --tag --no-log --no-stdin --stdin-first -h --help'
    ;;
  'llmgw repl')
    commands=''
    flags='-m --model -t --template -p --param -s --system -o --option -a --attach --schema --render -q --quiet --max-cost --timeout --retries --strict --project --session -c --continue --tag --no-log -h --help'
    ;;
  'llmgw templates')
    commands='list show edit'
    flags='-h --help'
    ;;
  'llmgw templates list')
    commands=''
    flags='-h --help'
    ;;
  'llmgw templates show')
    commands=''
    flags='-h --help'
    ;;
  'llmgw templates edit')
    commands=''
    flags='-h --help'
    ;;
  'llmgw map')
    commands=''
    flags='-m --model -s --system -o --option --schema --timeout --retries --strict --fail-on-length --project --tag --no-log -j --jobs --format --jsonl --output --resume --max-cost -h --help'
    ;;
  'llmgw embed')
    commands=''
    flags='--session -m --model -f --file -l --lines -d --dimensions --input-type --json --binary -q --quiet --dry-run --timeout --retries --strict --project --tag --no-log -h --help'
    ;;
  'llmgw spend')
    commands=''
    flags='--by --since --until --utc --format --json -h --help'
    ;;
  'llmgw logs')
    commands='list show prune'
    flags='-n --limit --since --until --status -m --model --provider --project --tag --search --utc --json -h --help'
    ;;
  'llmgw logs list')
    commands=''
    flags='-n --limit --since --until --status -m --model --provider --project --tag --search --utc --json -h --help'
    ;;
  'llmgw logs show')
    commands=''
    flags='--utc --json -h --help'
    ;;
  'llmgw logs prune')
    commands=''
    flags='--older --compact --json -h --help'
    ;;
  'llmgw models')
    commands='show'
    flags='-p --provider --can --mode --max-input-price --context --sort --live --json -h --help'
    ;;
  'llmgw models show')
    commands=''
    flags='--json -h --help'
    ;;
  'llmgw providers')
    commands=''
    flags='--ready --json -h --help'
    ;;
  'llmgw keys')
    commands='set list remove test'
    flags='--json -h --help'
    ;;
  'llmgw keys set')
    commands=''
    flags='-h --help'
    ;;
  'llmgw keys list')
    commands=''
    flags='--json -h --help'
    ;;
  'llmgw keys remove')
    commands=''
    flags='-h --help'
    ;;
  'llmgw keys test')
    commands=''
    flags='-h --help'
    ;;
  'llmgw access')
    commands='create list show update revoke rotate team'
    flags='--all --json -h --help'
    ;;
  'llmgw access create')
    commands=''
    flags='--name --rpm --tpm --parallel --models --surfaces --addresses --expires --team --owner --project --tag --metadata --admin --no-admin --contents --no-contents --log-contents --no-log-contents --json -h --help'
    ;;
  'llmgw access list')
    commands=''
    flags='--all --json -h --help'
    ;;
  'llmgw access show')
    commands=''
    flags='--json -h --help'
    ;;
  'llmgw access update')
    commands=''
    flags='--name --rpm --tpm --parallel --models --surfaces --addresses --expires --team --owner --project --tag --metadata --admin --no-admin --contents --no-contents --log-contents --no-log-contents --json -h --help'
    ;;
  'llmgw access revoke')
    commands=''
    flags='--json -h --help'
    ;;
  'llmgw access rotate')
    commands=''
    flags='--grace --json -h --help'
    ;;
  'llmgw access team')
    commands='create list update delete'
    flags='--json -h --help'
    ;;
  'llmgw access team create')
    commands=''
    flags='--name --rpm --tpm --parallel --models --json -h --help'
    ;;
  'llmgw access team list')
    commands=''
    flags='--json -h --help'
    ;;
  'llmgw access team update')
    commands=''
    flags='--name --rpm --tpm --parallel --models --json -h --help'
    ;;
  'llmgw access team delete')
    commands=''
    flags='--json -h --help'
    ;;
  'llmgw serve')
    commands=''
    flags='--listen --loops --share-port --log-contents --reload -h --help'
    ;;
  'llmgw bench')
    commands='list show compare'
    flags='--url --api --key-env -m --model -s --system -o --option --no-stream --timeout --retries --strict --project --tag -c --concurrency --rate --arrivals --sweep -n --requests --duration --warm-up --ramp --seed --prompts --input-tokens --output-tokens --shared-prefix --from-ledger --no-cache-busting --max-cost --dry-run --yes --slo --json --csv --html -h --help'
    ;;
  'llmgw bench list')
    commands=''
    flags='-n --limit --utc --json -h --help'
    ;;
  'llmgw bench show')
    commands=''
    flags='--slo --json --csv --html -h --help'
    ;;
  'llmgw bench compare')
    commands=''
    flags='--fail-if --json -h --help'
    ;;
  'llmgw config')
    commands='path show check edit schema get set unset'
    flags='--json -h --help'
    ;;
  'llmgw config path')
    commands=''
    flags='-h --help'
    ;;
  'llmgw config show')
    commands=''
    flags='--json -h --help'
    ;;
  'llmgw config check')
    commands=''
    flags='-h --help'
    ;;
  'llmgw config edit')
    commands=''
    flags='-h --help'
    ;;
  'llmgw config schema')
    commands=''
    flags='-h --help'
    ;;
  'llmgw config get')
    commands=''
    flags='-h --help'
    ;;
  'llmgw config set')
    commands=''
    flags='-h --help'
    ;;
  'llmgw config unset')
    commands=''
    flags='-h --help'
    ;;
  'llmgw doctor')
    commands=''
    flags='--json -h --help'
    ;;
  'llmgw completions')
    commands=''
    flags='-h --help'
    ;;
  'llmgw version')
    commands=''
    flags='-h --help'
    ;;
  'llmgw help')
    commands=''
    flags='-h --help'
    ;;
  *) return 1 ;;
  esac
}

# Sets typed to the words up to the cursor: pieces without a space between them are one word.
_llmgw_words() {
  local rest=${COMP_LINE:0:COMP_POINT} piece
  typed=()
  for piece in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
    if [[ ${#typed[@]} -eq 0 || $rest == [[:space:]]* ]]; then
      typed+=('')
      rest=${rest#"${rest%%[![:space:]]*}"}
    fi
    [[ $rest == "$piece"* ]] || piece=$rest
    typed[-1]+=$piece
    rest=${rest#"$piece"}
  done
}

# Replies with the values that the program knows for the word $1.
_llmgw_values() {
  local flag= kept= break value
  [[ $1 == --*=* ]] && flag=${1%%=*}=
  # Of the word, bash replaces only what follows the last of these.
  for break in = : @; do
    [[ $COMP_WORDBREAKS == *$break* && ${1#"$kept"} == *$break* ]] && kept=${1%"${1##*$break}"}
  done
  while IFS=$'\t' read -r value _; do
    case $value in
      ':files') compopt -o default ;;
      ':directories') compopt -o dirnames ;;
      ?*)
        printf -v value %q "$value"
        value=$flag$value
        COMPREPLY+=("${value#"$kept"}")
        ;;
    esac
  done < <("${typed[0]/#\~/$HOME}" __complete "${typed[@]:1}" 2>/dev/null)
  [[ ${#COMPREPLY[@]} -eq 1 && $COMPREPLY == *[/=:] ]] && compopt -o nospace
  return 0
}

_llmgw() {
  local typed commands flags place=llmgw at=1 current before
  _llmgw_words
  current=${typed[-1]}
  while ((at < ${#typed[@]} - 1)) && _llmgw_place "$place ${typed[at]}"; do
    place+=" ${typed[at++]}"
  done
  _llmgw_place "$place"
  COMPREPLY=()
  before=" ${typed[*]:0:${#typed[@]}-1} "
  if [[ $current == -* && $current != *=* && $before != *' -- '* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$current")
    return
  fi
  ((at == ${#typed[@]} - 1)) && mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current")
  _llmgw_values "$current"
}
complete -F _llmgw llmgw
