"""Traditional characters of a page's metadata as simplified ones: sites publish pages in both."""

from __future__ import annotations

from collections import Counter

# The words that tables of metadata and names of bodies are made of; texts are never converted.
_PAIRS = (
    "國国 會会 條条 發发 關关 於于 機机 號号 題题 標标 稱称 單单 區区 縣县 鄉乡 鎮镇 廳厅 務务 員员 黨党 眾众 團团 聯联 辦办 處处 總总 書书 記记 財财 稅税 審审 計计 "
    "農农 業业 環环 護护 衛卫 體体 統统 質质 監监 檢检 檔档 銀银 證证 險险 應应 醫医 藥药 殘残 婦妇 實实 驗验 辭辞 爾尔 濱滨 龍龙 遼辽 寧宁 蘇苏 廣广 東东 貴贵 陝陕 "
    "肅肃 雲云 灣湾 門门 內内 慶庆 漢汉 濟济 蘭兰 滬沪 獨独 義义 習习 時时 間间 開开 閉闭 類类 編编 節节 則则 規规 範范 項项 協协 議议 複复 復复 報报 導导 練练 組组 "
    "織织 進进 強强 動动 擴扩 產产 設设 備备 舉举 與与 個个 為为 從从 對对 這这 過过 還还 後后 來来 無无 現现 當当 將将 給给 請请 認认 識识 論论 評评 試试 該该 說说 "
    "語语 調调 談谈 讓让 訓训 訂订 訴诉 詢询 詳详 誠诚 譯译 讀读 變变 資资 負负 責责 貨货 貸贷 費费 賀贺 賓宾 賞赏 賠赔 購购 贈赠 貧贫 賴赖 買买 賣卖 績绩 級级 純纯 "
    "紙纸 納纳 細细 終终 結结 絕绝 經经 維维 網网 綜综 綠绿 緊紧 線线 緣缘 縮缩 繼继 續续 紅红 約约 紀纪 綱纲 點点 頭头 順顺 須须 預预 領领 頻频 額额 願愿 顧顾 顯显 "
    "風风 飛飞 養养 餘余 館馆 馬马 駐驻 驅驱 長长 車车 軍军 軌轨 輕轻 輔辅 輸输 轄辖 轉转 運运 達达 遠远 適适 選选 遺遗 鄰邻 釋释 鋼钢 錄录 錢钱 鐵铁 閱阅 隊队 階阶 "
    "際际 陸陆 陽阳 隨随 雖虽 雙双 離离 難难 電电 靜静 頁页 響响 學学 專专 屬属 層层 島岛 師师 帶带 幫帮 幹干 廢废 彈弹 徑径 徵征 懷怀 態态 慮虑 憲宪 戰战 戶户 拋抛 "
    "損损 換换 據据 撥拨 擇择 擔担 攜携 敗败 數数 斷断 舊旧 曉晓 暫暂 術术 樂乐 樓楼 構构 槍枪 樣样 樹树 橋桥 權权 歡欢 歲岁 歷历 歸归 殺杀 氣气 沒没 決决 溝沟 滿满 "
    "準准 濕湿 災灾 煙烟 熱热 爭争 營营 狀状 獎奖 獲获 獻献 畫画 異异 療疗 盡尽 礎础 確确 禮礼 種种 積积 穩稳 窮穷 競竞 築筑 簡简 籌筹 糧粮 聽听 職职 脫脱 腳脚 臨临 "
    "艱艰 藝艺 蟲虫 補补 裝装 見见 視视 親亲 覺觉 觀观 觸触 許许 創创 劃划 勞劳 勢势 勵励 勝胜 匯汇 華华 衝冲 併并 佈布 係系 側侧 偉伟 傳传 債债 傷伤 價价 儀仪 億亿 "
    "優优 儲储 兒儿 兩两 冊册 凍冻 減减 劑剂 剛刚 壓压 壞坏 塊块 場场 壽寿 夢梦 夾夹 奪夺 奮奋 孫孙 寫写 寬宽 寶宝 尋寻 嚴严 園园 圍围 圖图 圓圆 執执 堅坚 羅罗 聖圣 "
    "聞闻 聲声 蓋盖 蔣蒋 葉叶 萬万 著着 藍蓝 邊边 鬧闹 魚鱼 鳥鸟 麥麦 黃黄 齊齐"
)
_TABLE = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split()})
_MIN_SHARE = 0.08  # of a text's Chinese characters; simplified texts have next to none
_MIN_CHARS = 4


def simplified(text: str) -> str:
    """`text` with the traditional characters that metadata is made of as simplified ones; same length."""
    return text.translate(_TABLE)


def is_traditional(text: str) -> bool:
    """Whether a text is written in traditional characters."""
    counts = Counter(text)
    chinese = sum(count for char, count in counts.items() if "\u4e00" <= char <= "\u9fff")
    changed = sum(count for char, count in counts.items() if ord(char) in _TABLE)
    return changed >= _MIN_CHARS and changed > _MIN_SHARE * chinese
