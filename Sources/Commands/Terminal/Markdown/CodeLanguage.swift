// What the lexer must know of a language: words, and how comments and strings begin and end.

/// A language as far as colour needs it.
struct CodeLanguage: Sendable {
  /// As people write them behind the fence.
  var names: [String]
  var keywords: Set<String>
  var lineComments: [String] = ["//"]
  var blockComment: (open: String, close: String)? = ("/*", "*/")
  var quotes: [Character] = ["\"", "'"]
  /// Marks of strings that run over lines.
  var longQuotes: [String] = []
  /// SQL: `SELECT` is `select`.
  var ignoresCase = false

  static func named(_ name: String) -> CodeLanguage? { all.first { $0.names.contains(name) } }

  private static func words(_ text: String) -> Set<String> { Set(text.split(separator: " ").map(String.init)) }

  private static let all: [CodeLanguage] = [
    CodeLanguage(
      names: ["swift"],
      keywords: words(
        """
        actor any as associatedtype async await break case catch class continue default defer deinit do else enum \
        extension fallthrough false fileprivate final for func guard if import in init inout is let mutating nil open \
        operator override package private protocol public repeat rethrows return self Self some static struct \
        subscript super switch throw throws true try typealias var where while
        """), quotes: ["\""], longQuotes: ["\"\"\""]),
    CodeLanguage(
      names: ["python", "py", "python3"],
      keywords: words(
        """
        and as assert async await break case class continue def del elif else except False finally for from global \
        if import in is lambda match None nonlocal not or pass raise return self True try while with yield
        """), lineComments: ["#"], blockComment: nil, longQuotes: ["\"\"\"", "'''"]),
    CodeLanguage(
      names: ["javascript", "js", "jsx", "typescript", "ts", "tsx", "mjs"],
      keywords: words(
        """
        abstract as async await break case catch class const continue default delete do else enum export extends \
        false finally for from function if implements import in instanceof interface let new null of private \
        protected public readonly return static super switch this throw true try type typeof undefined var void while \
        yield
        """), longQuotes: ["`"]),
    CodeLanguage(
      names: ["go", "golang"],
      keywords: words(
        """
        break case chan const continue default defer else fallthrough false for func go goto if import interface map \
        nil package range return select struct switch true type var
        """), longQuotes: ["`"]),
    CodeLanguage(
      names: ["rust", "rs"],
      keywords: words(
        """
        as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move \
        mut pub ref return self Self static struct super trait true type unsafe use where while
        """), quotes: ["\""]),
    CodeLanguage(
      names: [
        "c", "h", "cpp", "c++", "cc", "hpp", "java", "kotlin", "kt", "csharp", "c#", "cs", "php", "dart", "scala",
      ],
      keywords: words(
        """
        abstract auto bool boolean break byte case catch char class const constexpr continue default delete do double \
        else enum extends extern false final finally float for foreach friend fun function goto if implements import \
        include inline int interface internal long namespace new null nullptr object override package private \
        protected public return short signed sizeof static string struct super switch template this throw throws true \
        try typedef typename union unsigned using val var virtual void volatile when while
        """)),
    CodeLanguage(
      names: ["bash", "sh", "shell", "zsh", "console", "fish", "dockerfile", "makefile", "make"],
      keywords: words(
        """
        alias break case cd continue do done echo elif else esac eval exec exit export fi for function if in local \
        printf read return set shift source sudo then trap unset until while FROM RUN COPY CMD ENTRYPOINT ENV WORKDIR
        """), lineComments: ["#"], blockComment: nil),
    CodeLanguage(
      names: ["ruby", "rb"],
      keywords: words(
        """
        alias and begin break case class def do else elsif end ensure false for if in module next nil not or private \
        puts raise require rescue return self super then true unless until when while yield
        """), lineComments: ["#"], blockComment: nil),
    CodeLanguage(
      names: ["sql", "sqlite", "postgresql", "mysql"],
      keywords: words(
        """
        add all alter and as asc begin between by case commit create cross database default delete desc distinct drop \
        else end exists false foreign from full group having if in index inner insert into is join key left like limit \
        not null offset on or order outer primary references returning right rollback select set table then true \
        union unique update values view when where with
        """), lineComments: ["--"], ignoresCase: true),
    CodeLanguage(
      names: ["json", "jsonc", "json5", "jsonl"], keywords: words("true false null"), quotes: ["\""]),
    CodeLanguage(
      names: ["yaml", "yml", "toml", "ini", "conf"], keywords: words("true false null yes no on off"),
      lineComments: ["#"], blockComment: nil),
    CodeLanguage(
      names: ["css", "scss"], keywords: words("important inherit initial none auto"), lineComments: []),
  ]
}
