"""Small files of every layout that `kepler-keras data info` knows."""

from pathlib import Path

FLUX = "LABEL,FLUX.1,FLUX.2,FLUX.3\n2,1,2,3\n1,4,,\n1,5,5,5\n1,4,,\n"
KOI = (
    "# made by hand\nkepid,kepoi_name,koi_period,koi_time0bk,koi_duration,koi_disposition\n"
    "1,K1.01,3.5,131.5,4,CONFIRMED\n1,K1.02,0,140,2.5,CANDIDATE\n2,K2.01,9,,3,FALSE POSITIVE\n"
    "2,K2.01,9,150,3,\n"
)
TCE = (
    "kepid,tce_plnt_num,tce_period,tce_time0bk,tce_duration,av_training_set\n"
    "1,1,3.5,131.5,0.1,PC\n2,1,9,150,0.2,AFP\n"
)


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
