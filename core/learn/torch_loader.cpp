// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/torch_loader.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <cstdlib>
#include <dlfcn.h>
#include <mutex>
#include <thread>

namespace pilothouse::learn {

namespace {

QStringList moduleFolders() {
    QStringList folders;
    if (const QString chosen = qEnvironmentVariable("PILOTHOUSE_MODULES"); !chosen.isEmpty())
        folders << chosen;
    const QString beside = QCoreApplication::applicationDirPath();
    folders << beside + QStringLiteral("/../lib/pilothouse") << beside + QStringLiteral("/../lib/x86_64-linux-gnu/pilothouse")
            << beside + QStringLiteral("/../lib/aarch64-linux-gnu/pilothouse");
    return folders;
}

Result<TorchModule *> open() {
    if (const QByteArray core = openBlasCoreType(); !core.isEmpty())
        ::setenv("OPENBLAS_CORETYPE", core.constData(), 0);
    ::setenv("OPENBLAS_NUM_THREADS", QByteArray::number(std::max(1u, std::thread::hardware_concurrency())).constData(), 0);
    QString tried;
    for (const QString &folder : moduleFolders()) {
        const QString path = folder + QLatin1Char('/') + QLatin1String(torchModuleFile);
        tried += path + QLatin1Char('\n');
        if (!QFileInfo::exists(path))
            continue;
        void *library = ::dlopen(QFile::encodeName(QFileInfo(path).canonicalFilePath()).constData(), RTLD_NOW | RTLD_LOCAL);
        if (!library)
            return Error{ErrorKind::Internal, QStringLiteral("The LibTorch module could not be opened."), path,
                         QStringLiteral("Install LibTorch (libtorch-dev or the libtorch package of the release this was built on)."), QString::fromUtf8(::dlerror())};
        const auto entry = reinterpret_cast<TorchModuleEntry>(::dlsym(library, torchModuleEntryName));
        TorchModule *module = entry ? entry(torchModuleAbi) : nullptr;
        if (!module)
            return Error{ErrorKind::Internal, QStringLiteral("The LibTorch module belongs to another version of pilot."), path,
                         QStringLiteral("Install the module of this version."), {}};
        return module;
    }
    return Error{ErrorKind::NotFound, QStringLiteral("The LibTorch module (%1) is not installed; mlp, lstm, gru and TorchScript files need it.").arg(QLatin1String(torchModuleFile)), {},
                 QStringLiteral("Install the package pilothouse-pilot with LibTorch, or set PILOTHOUSE_MODULES to the module's folder."), tried};
}

} // namespace

QByteArray openBlasCoreType() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
        return "SKYLAKEX";
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return "HASWELL";
#endif
    return {};
}

Result<TorchModule *> torchModule() {
    static std::mutex lock;
    static TorchModule *opened = nullptr;
    const std::lock_guard guard(lock);
    if (opened)
        return opened;
    PH_ASSIGN(opened, open());
    return opened;
}

} // namespace pilothouse::learn
