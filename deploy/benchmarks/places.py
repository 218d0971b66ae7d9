"""A catalogue to report for, as large as a section wants it."""

from dataclasses import dataclass

PILLARS = ("government", "economy", "society", "foundation")


@dataclass
class Places:
    """Communes (and districts between them and their province) that report by the month, and who publishes for them.

    LEVELS: districts report what their communes report, too. OWN: each commune publishes for itself; otherwise a
    gateway a province does. Every second indicator is a ratio when RATIOS; one index a province of ten components when
    INDEX.
    """

    provinces: int = 1
    districts: int = 0  # a province
    communes: int = 109  # in all
    indicators: int = 100
    levels: bool = False
    own: bool = False
    ratios: bool = False
    index: bool = False

    def province(self, number):
        return f"{number + 1:02d}"

    def province_codes(self):
        return [self.province(i) for i in range(self.provinces)]

    def district(self, province, number):
        return f"{province + 1:02d}{number + 1:02d}"

    def commune(self, number):
        return f"{10000 + number}"

    def indicator(self, number):
        return f"indicator_{number:03d}"

    def indicator_ids(self):
        return [self.indicator(i) for i in range(self.indicators)]

    def is_ratio(self, number):
        return self.ratios and number % 2 == 1

    def communes_of(self, province):
        return [self.commune(i) for i in range(province, self.communes, self.provinces)]

    def units_of(self, province):
        """Who reports in a province."""
        districts = [self.district(province, k) for k in range(self.districts)] if self.levels else []
        return districts + self.communes_of(province)

    def gateway(self, province):
        return f"{self.province(province)}.gateway"

    def streams(self):
        """(province, publisher, units) of every publisher."""
        for i in range(self.provinces):
            if self.own:
                yield from ((self.province(i), unit, [unit]) for unit in self.units_of(i))
            else:
                yield self.province(i), self.gateway(i), self.units_of(i)

    def _units(self):
        yield "code,kind,parent,name_vi"
        yield "VN,nation,,Việt Nam"
        for i in range(self.provinces):
            yield f"{self.province(i)},province,VN,Tỉnh số {i + 1}"
            for k in range(self.districts):
                yield f"{self.district(i, k)},district,{self.province(i)},Huyện số {k + 1}"
        for i in range(self.communes):
            province, place = i % self.provinces, i // self.provinces
            parent = self.district(province, place % self.districts) if self.districts else self.province(province)
            yield f"{self.commune(i)},commune,{parent},Xã số {i + 1}"

    def _indicators(self):
        reporters = "commune district" if self.levels else "commune"
        yield "id,pillar,name_vi,measure,across_time,factor,minimum,direction,reported_by,cadence"
        for i in range(self.indicators):
            form = "ratio,sum,100" if self.is_ratio(i) else "count,sum,"
            yield f"{self.indicator(i)},{PILLARS[i % 4]},Chỉ tiêu {i + 1},{form},0,up,{reporters},month"

    def write(self, folder):
        folder.mkdir()
        files = {
            "units": self._units(), "indicators": self._indicators(),
            "pillars": ["id,name_vi,order", *(f"{name},{name},{order}" for order, name in enumerate(PILLARS))],
            "publishers": ["publisher,units",
                           *(f"{self.gateway(i)},{self.province(i)}/*" for i in range(self.provinces))]}
        if self.index:
            files["indices"] = ["id,name_vi,unit_kind,method,decimals", "score,Chỉ số,province,points,2"]
            files["index_components"] = ["index,component,weight,points", *(
                f"score,{self.indicator(i)},1,5" for i in range(1, self.indicators, self.indicators // 10))]
        for name, lines in files.items():
            (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return folder
