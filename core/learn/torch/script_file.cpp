// SPDX-License-Identifier: GPL-3.0-or-later
// One of the translation units that see LibTorch: a TorchScript that was made elsewhere is read and looked through.
#include "core/learn/torch/script_file_internal.h"

#include <caffe2/serialize/inline_container.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/runtime/print_handler.h>

#include "core/learn/torch/script_file.h"

#include "core/base/json.h"
#include "core/learn/import_torch.h"

#include <QRegularExpression>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <sstream>
#include <string>

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;

/// Calls by which a script would read or write files or leave the process. The aten and prim namespaces are LibTorch's own.
bool reachesOutside(const std::string &kind) {
    static const char *const outside[] = {"aten::save", "aten::from_file", "prim::PythonOp", "prim::rpc_async", "prim::rpc_sync", "prim::rpc_remote"};
    return (kind.rfind("aten::", 0) != 0 && kind.rfind("prim::", 0) != 0) || std::find(std::begin(outside), std::end(outside), kind) != std::end(outside);
}

/// The first such call in a block and the blocks inside it; empty: none.
std::string outsideCall(const torch::jit::Block *block) {
    for (const torch::jit::Node *node : block->nodes()) {
        const std::string kind = node->kind().toQualString();
        if (reachesOutside(kind))
            return kind;
        for (const torch::jit::Block *inner : node->blocks())
            if (const std::string found = outsideCall(inner); !found.empty())
                return found;
    }
    return {};
}

Error outside(const QString &call, const QString &where) {
    return invalid(QStringLiteral("The TorchScript calls %1, which reaches outside the model: it is not run here.").arg(call), where,
                   QStringLiteral("Take the call out of the module, or serve the model by its own server."));
}

/// The code as text, before anything of it is loaded: a __setstate__ runs while the file is read.
Result<void> checkCode(const QByteArray &bytes, const QString &where) {
    static const QRegularExpression reaching(QStringLiteral("\\b(torch\\.(?:save|from_file)\\s*\\(|ops\\.(?!aten\\.(?!save|from_file)|prim\\.)\\w+\\.\\w+)"));
    std::istringstream stream(bytes.toStdString());
    caffe2::serialize::PyTorchStreamReader reader(&stream);
    for (const std::string &name : reader.getAllRecords()) {
        if (name.rfind("code/", 0) != 0 || !name.ends_with(".py"))
            continue;
        const auto [data, size] = reader.getRecord(name);
        if (const auto found = reaching.match(QString::fromUtf8(static_cast<const char *>(data.get()), qsizetype(size))); found.hasMatch())
            return outside(found.captured().remove(QLatin1Char('(')), where);
    }
    return {};
}

Result<void> checkForward(const torch::jit::Module &module, const QString &where) {
    const auto method = module.find_method("forward");
    if (!method)
        return invalid(QStringLiteral("The TorchScript has no method forward."), where, QStringLiteral("Script or trace the module that predicts: torch.jit.script(model).save(…)."));
    const auto &arguments = method->function().getSchema().arguments();
    std::size_t required = 0;
    for (std::size_t i = 1; i < arguments.size(); ++i) // 0 is self
        required += arguments[i].default_value() ? 0 : 1;
    if (required != 1 || arguments.size() < 2 || arguments[1].type()->kind() != c10::TypeKind::TensorType)
        return invalid(QStringLiteral("The TorchScript's forward takes %1 arguments; one tensor, the rows or windows, is passed.").arg(arguments.size() - 1), where,
                       QStringLiteral("Script a module whose forward(x) takes them alone."));
    const auto graph = method->graph()->copy();
    torch::jit::Inline(*graph);
    if (const std::string call = outsideCall(graph->block()); !call.empty())
        return outside(QString::fromStdString(call), where);
    return {};
}

/// What a script prints goes to standard error: standard output belongs to --json.
void keepOutputClean() {
    static const bool once = [] {
        torch::jit::setPrintHandler([](const std::string &line) { std::fputs(line.c_str(), stderr); });
        return true;
    }();
    Q_UNUSED(once);
}

} // namespace

Result<torch::jit::Module> readScript(const QByteArray &bytes, const QString &file) {
    try {
        keepOutputClean();
        PH_TRY(checkCode(bytes, file));
        std::istringstream stream(bytes.toStdString());
        torch::jit::Module module = torch::jit::load(stream, torch::kCPU);
        module.eval();
        PH_TRY(checkForward(module, file));
        for (at::Tensor parameter : module.parameters())
            parameter.set_requires_grad(false);
        return module;
    } catch (const c10::Error &e) {
        Error error = invalid(QStringLiteral("Could not read this TorchScript."), file, QStringLiteral("Save it in Python by torch.jit.script(model).save(\"model.pt\"), with a PyTorch that is not newer than LibTorch here by a major version."));
        error.raw = QString::fromUtf8(e.what_without_backtrace());
        return error;
    } catch (const std::exception &e) {
        return invalid(QStringLiteral("Could not read this TorchScript: %1.").arg(QString::fromUtf8(e.what())), file);
    }
}

at::ScalarType scriptType(const torch::jit::Module &module) {
    if (!scriptCard(module).isEmpty())
        return torch::kFloat64;
    for (const at::Tensor &tensor : module.parameters())
        if (tensor.is_floating_point())
            return tensor.scalar_type() == torch::kFloat64 ? torch::kFloat64 : torch::kFloat32;
    return torch::kFloat32;
}

QString scriptTypeName(at::ScalarType type) { return type == torch::kFloat64 ? QStringLiteral("float64") : QStringLiteral("float32"); }

QJsonObject scriptCard(const torch::jit::Module &module) {
    if (!module.hasattr("card") || !module.attr("card").isString())
        return {};
    const Result<QJsonObject> card = parseJsonObject(QByteArray::fromStdString(module.attr("card").toStringRef()), QStringLiteral("card"));
    return card && card->value(Q("format")).toString() == Q(exportFormat) ? *card : QJsonObject(); // a foreign module may call anything so
}

qint64 scriptParameters(const torch::jit::Module &module) {
    qint64 count = 0;
    for (const at::Tensor &tensor : module.parameters())
        count += tensor.numel();
    return count;
}

Result<QJsonObject> scriptFacts(const QByteArray &bytes, const QString &where) {
    PH_ASSIGN(const torch::jit::Module module, readScript(bytes, where));
    QJsonObject facts{{Q("parameters"), scriptParameters(module)}, {Q("dtype"), scriptTypeName(scriptType(module))}};
    if (const QJsonObject card = scriptCard(module); !card.isEmpty())
        facts.insert(Q("card"), card);
    return facts;
}

} // namespace pilothouse::learn
