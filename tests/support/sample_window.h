// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/main_window.h"
#include "tests/support/sample_snapshot.h"
#include "widgets/base/source_label.h"
#include "widgets/base/theme.h"

#include <QTemporaryDir>

#include <optional>

namespace pilothouse::testing {

/// The window on the invented estate: shown, at the sample's time, with preferences and session of its own, which go with it.
struct SampleWindow {
    QTemporaryDir folder;
    ui::Theme theme;
    Pools pools{1};
    console::MainWindow window;

    /// @param scheme  none: as the program starts
    explicit SampleWindow(std::optional<ui::SchemeChoice> scheme = {}, const QSize &size = {1440, 900}, const fleet::Snapshot &snapshot = sampleSnapshot())
        : window(pools, theme, optionsIn(folder)) {
        ui::Ticker::of(&window).setNow([] { return sampleNow(); });
        if (scheme)
            theme.apply(*scheme);
        window.resize(size);
        window.show();
        window.showSnapshot(snapshot);
    }

private:
    static console::WindowOptions optionsIn(const QTemporaryDir &folder) {
        console::WindowOptions options;
        options.preferencesFile = folder.filePath(QStringLiteral("p.json"));
        options.sessionFile = folder.filePath(QStringLiteral("s.json"));
        options.remember = options.desktop = false;
        return options;
    }
};

} // namespace pilothouse::testing
